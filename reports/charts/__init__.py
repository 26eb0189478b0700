"""The charts of the page, drawn here, each with its table."""
