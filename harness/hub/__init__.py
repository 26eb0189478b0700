"""Models by the name that a hub knows them by, brought to a folder on this machine first."""
