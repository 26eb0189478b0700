"""Ways of distilling: one file each."""
