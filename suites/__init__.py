"""One benchmark a file or folder; its module name is the suite's name.

A suite's module holds

    Options                                    dataclass: what a spec may say under `suite:`
    check(options)                             SpecError where an option cannot be
    inputs(options) -> {name: path}            the files that decide the questions
    build(options) -> Suite                    reads them

and, where the questions are about a table, `read_table(options)` and `frames(options)`. Its answers
are then judged by the answer checker. Where they come from texts it holds

    grade(options, samples, outputs, judge)    judges all answers of a run: `Graded`

and may hold `accept(options, sample, question, answer)`, which says why a row that a teacher
proposes cannot be taught, `story(options)`, the novel that a teacher is to find dialogue in, and
`export_rows(suite)`, the training data as its platform takes it.
"""
