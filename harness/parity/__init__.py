"""After training: does the adapter do the same wherever it is served?

    probe     the questions that every path is asked, and the conversations that it scores
    tokens    how far two paths are apart, as a share of what the adapter changes
    answers   who is right where, as a paired difference with its interval
    verdict   all of it to one sentence

docs/parity.md has the rule and how often it is wrong.
"""
