"""Files of the suite's own persona."""
