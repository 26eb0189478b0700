"""One benchmark a file or folder; its module name is the suite's name.

A suite's module holds

    Options                                    dataclass: what a spec may say under `suite:`
    check(options)                             SpecError where an option cannot be
    inputs(options) -> {name: path}            the files that decide the questions
    build(options) -> Suite                    reads them
    grade(options, samples, outputs, judge)    judges all answers of a run: `Graded`

and, where the questions are about a table, `read_table(options)` and `frames(options)`. Where
they come from texts it may hold `accept(options, sample, question, answer)`, which says why a row
that a teacher proposes cannot be taught.
"""
