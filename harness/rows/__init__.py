"""The rows of strangers' files: decoding, guards, and where each row stands."""
