"""One rule a kind of right answer: from what an answer asserts to a verdict."""
