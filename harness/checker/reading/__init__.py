"""What the statements of an answer assert of its question, and which of several values stands.

statements, grid, said_once       clauses, cells of tables, items; loops read once
fit, labels                       what the words around a value share with the question
concepts, roles, opposites        words that tell two fields, two roles or two ends apart
denials, left_out                 what is denied; items named only to leave them out
asked_names, asked_row            names that the question says; values of another row
substitutes, rivals               another thing, or another name, in the place of the right one
disambiguate, narrow, doubts      times, numbers, dates: which stands, and what is a hedge
picks, wholes                     the end of a scale that is asked about; a whole and its parts
counted                           which numbers count or measure what was asked, in its unit
asserted, lists                   names and items that the answer stands by
inventions                        a value put in the place of one that is not there
polarity, propositions            yes-or-no questions, and what a clause says of their matter
choice, choice_reading,
choice_forms, choice_outcome      options: what is said of each, and which one is chosen
"""
