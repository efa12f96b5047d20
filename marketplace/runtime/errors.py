"""What keeps the embedded runtime from starting, told so that a newcomer knows what to do."""


class CannotRun(Exception):
    """Something outside the program has to change first; the text says what."""
