"""Tables as people have them, read into typed cells."""
