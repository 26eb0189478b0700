"""What suites over texts share: splitting without leaks, findings, samples from conversations."""
