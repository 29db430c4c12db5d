"""What stops a release, in words that its author can act on."""

from __future__ import annotations


class PublishError(Exception):
    """A release cannot be made; the text is a sentence that says why and what to do."""
