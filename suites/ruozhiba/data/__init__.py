"""The project's own trick questions, and the script that writes them."""
