"""From questions and a teacher to training rows: ask, read, verify, count.

candidates  which questions are worked on, family by family
reword, answer, ask, template   the ways: what a teacher is asked, what its reply proposes
replies     JSON out of whatever a teacher wrote
verify      what is accepted: the checker, and that a wording still asks the same
tally       what was accepted and rejected, and why
"""
