"""What keeps training data clean: no test question, no copies, and more of what is right."""
