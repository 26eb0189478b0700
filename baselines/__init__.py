"""Specs that anyone can run, and the embedded tiny base model with the scripts that made it."""
