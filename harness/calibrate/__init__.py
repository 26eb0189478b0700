"""`podium calibrate`: the scoring profile fitted to the few official scores that an entrant has."""
