"""What is measured: the same answers, written four times."""
