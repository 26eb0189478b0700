"""One benchmark a file or folder; its module name is the suite's name."""
