"""From answers to numbers: the answer checker, the score formulas and their statistics.

    answer      check(text, gold, question, domain) -> Verdict; gold_from(kind, answer) -> Gold
    score       correctness, time and length of a run -> AS, ART, AE and total with intervals
    clusters    variance over table rows and wordings; intervals: Student's t on the logit, Wilson
    influence   what each answer adds to a mean; joint: several runs on the same questions
    ranks       which entries can be put in order; paired: McNemar, Holm

Metrics that suites put beside the score; `metric_table` has them all by name, with the languages
that each is fit for:

    overlap           ROUGE, BLEU, chrF
    matching          the same text; F1 of lists
    choice            options: the benchmarks' first capital, and a strict reading
    classification    labels: accuracy, precision, recall, F1, confusion, AUC
    diversity         distinct-n, repetition
    lengths           characters and tokens
    paired            two runs on the same questions: McNemar, Holm
    tokens, language  what a word is in any script; which language a text is in

Behind the checker, from the characters up:

    text, mention                        folding; a value and where it stands
    chinese_numbers, clock, dates,
    durations, quantities, codes,
    names, absence, refusal              one parser a kind; none, and who cannot say
    values, sets, choose                 all values of a kind; items; which one an answer stands by
    rivals, left_out                     another name beside the right one; items named to leave out
    judge_values, judge_dates,
    judge_names, judge_sets,
    judge_choice, choice_forms,
    judge_phrases, judge_yes_no,
    judge_none, verdict                  right, wrong, hedge or unparsed, a kind each
    gold                                 right answers as question files hold them
"""
