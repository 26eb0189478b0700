"""From answers to numbers: the answer checker, the score formulas and their statistics."""
