"""What is accepted of a teacher: the question still asks the same, the answer is the program's."""
