"""Checking the book."""
