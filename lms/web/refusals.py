"""A refusal is an answer, not a failure: what happened, what was kept, and what to do, in the user's words."""

from __future__ import annotations


class Refusal(Exception):
    """Raised by an operation that will not do what was asked; `message` is shown to the user as it is."""

    def __init__(self, message: str, status: int = 409) -> None:
        super().__init__(str(message))
        self.message = str(message)
        self.status = status
