"""Texts in any script, folded so that they can be compared."""
