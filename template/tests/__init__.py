"""The tests of this book."""
