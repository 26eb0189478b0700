"""A spec in its place in the store: what each stage reads, engines, teachers, run folders."""
