"""Podium's engine: from a spec to a scored run."""

__version__ = "0.1.0"
