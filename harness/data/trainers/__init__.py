"""What each trainer makes of a data file, a module each."""
