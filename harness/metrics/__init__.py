"""From verdicts to numbers: the score formulas and their statistics, and what suites measure.

    score       correctness, time and length of a run -> AS, ART, AE and total with intervals
    clusters    variance over table rows and wordings; intervals: Student's t on the logit, Wilson
    influence   what each answer adds to a mean; joint: several runs on the same questions
    ranks       which entries can be put in order; paired: McNemar, Holm

Whether an answer is right says `harness.checker`. Metrics that suites put beside the score;
`metric_table` has them all by name, with the languages that each is fit for:

    overlap           ROUGE, BLEU, chrF
    matching          the same text; F1 of lists
    choice            options: the benchmarks' first capital, and a strict reading
    classification    labels: accuracy, precision, recall, F1, confusion, AUC
    diversity         distinct-n, repetition
    lengths           characters and tokens
    points            shares in points, rounded in one way
    paired            two runs on the same questions: McNemar, Holm
    tokens, language  what a word is in any script; which language a text is in
"""
