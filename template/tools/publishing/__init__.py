"""Publishing the book: its releases."""
