"""What can be known before a run: rows, template, tokens, targets, weights, machine, one dry step.

Every check is a function that looks at one thing and yields problems. `check` puts them together
for the experiments of a spec; nothing here asks a teacher, needs a GPU or changes the store.
"""
