"""What a spec may say: its sections, the YAML that people write, and changes laid over it."""
