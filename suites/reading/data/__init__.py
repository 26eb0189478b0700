"""The project's own passages with questions, and the script that writes them."""
