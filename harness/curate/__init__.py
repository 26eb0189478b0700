"""What keeps training data clean: no test question, no copy, nothing wrong, and more of the rest.

leakage    HeldOut(test_samples, threshold).near(question, named, program)
near       wordings of one question that hardly differ
alike      what both rest on: phrasings that few edits keep apart
rows       training rows from accepted.jsonl to train.jsonl
clean      accepted rows to clean rows
augment    more rows out of clean ones
balance    how rows spread over families and answers
"""
