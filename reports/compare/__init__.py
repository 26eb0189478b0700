"""Runs against one of them on the same questions: differences, flips, causes, a verdict."""
