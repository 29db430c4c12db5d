"""The tools of this book: building, validation and publishing."""
