"""The project's own pairs of sentences, and the script that writes them."""
