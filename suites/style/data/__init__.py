"""The project's own styled replies, and the script that writes them."""
