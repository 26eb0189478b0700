"""`podium compare`: runs against one of them."""
