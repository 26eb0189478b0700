"""`podium doctor`: what is installed, what this machine can do, and what is missing for what."""
