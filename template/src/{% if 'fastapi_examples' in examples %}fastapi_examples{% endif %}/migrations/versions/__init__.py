"""One module for each step, in the order that they name."""
