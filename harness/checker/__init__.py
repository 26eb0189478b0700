"""Is what a model said the right answer? `check(text, gold, question, domain)` gives a verdict.

    check       the one entry: chooses the rule by the kind of the right answer
    gold        right answers as question files hold them
    choice      which of its options an answer stands by
    values      all values of a kind in a text; mention: a value and where it stands
    verdict     right, wrong, hedge or unparsed

    parse/      what a text holds: numbers, units, times, dates, durations, codes, names, lists,
                options, words for "none" and for "I cannot say"
    reading/    what its statements assert of the question: denied, past, compared, of another row
                or field; which of several values stands
    rules/      one a kind of right answer

Arrows point down: check -> rules -> reading -> parse -> `harness.text`.
"""
