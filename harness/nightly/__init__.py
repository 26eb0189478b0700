"""`podium nightly` and `podium bless`: last night against the blessed nights."""
