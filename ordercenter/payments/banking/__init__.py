"""Statements of banks: read from a file of any of three formats, kept line by line, matched with what is owed."""
