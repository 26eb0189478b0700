"""Who says what in a novel: speeches found, held against the text, made into turns."""
