"""Two boards of the project's own, synthetic, with every quirk of the competition's table."""
