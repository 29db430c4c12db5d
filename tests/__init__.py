"""Tests of the template, one file for each promise it makes."""
