"""One file a stage. Stages do not import each other: they meet on disk."""
