"""Scoring answers from the command line, and the suites there are."""
