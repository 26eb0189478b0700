"""Judgements that no rule can make: a model reads answers and says how good they are.

    judge      a model as a judge: `rate` single answers, `prefer` one of two
    rating     an answer under named criteria, and the marks that it was given
    pairwise   two answers, asked in both orders, and which is preferred
    agreement  win rates, position bias, and how far repeats and judges agree
    request    what a judge is asked: material between marks that no text can forge
    reading    what a judge said: JSON, however it is wrapped

What a judge did not say, or not readably, is `None` and counted, never 0. Any `core.Model` is a
judge: one behind an address, one on this machine, or the fake one, which finds everything perfect
and all pairs equal.
"""
