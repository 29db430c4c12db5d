"""The programs that the book quotes, each of them run by a test."""
