"""More training rows out of right ones: what is asked and its answer stay as they are.

    frames    polite words around a question            frames.yaml
    synonyms  other spellings of the values it names    the suite's aliases
    typos     slips that a traveller makes              typos.yaml
    turns     asked as a second question, 它 for the row   turns.yaml

Each kind is one file with a function from a row to the changes that fit it; `add` draws among them
and lets through what `gate` finds harmless.
"""
