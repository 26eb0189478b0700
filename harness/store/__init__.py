"""What is kept on disk: whole files or none, one process at a time, stages under their hashes."""
