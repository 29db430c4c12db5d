"""Programs that `verify` starts, each in a process of its own.

They import nothing of the book: what they run has the path to itself.
"""
