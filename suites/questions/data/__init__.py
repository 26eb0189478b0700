"""The suite's own questions, and the script that writes them."""
