"""What stops a command, in words that its author can act on."""

from __future__ import annotations

UNCHANGED = "Nothing was changed."


class UpdateError(Exception):
    """Something that the author can mend; its text is a sentence, or one a line."""


class Interrupted(Exception):
    """The command was asked to stop.

    Attributes:
        number: the signal that asked.
        state: a sentence that says how the book is now.
    """

    def __init__(self, number: int, state: str = UNCHANGED) -> None:
        """Keep the signal's number and what came of it."""
        super().__init__(state)
        self.number = number
        self.state = state
