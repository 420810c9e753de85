"""Sentences for a person: English as they stand, with what it takes to say them in another language."""

from __future__ import annotations

__all__ = ["Message", "_"]


class Message(str):
    """A sentence with its values filled in; `sentence` and `values` are what a translator needs.

    A sentence names its values like `%(most)s`. A value may be a Message or a Text itself.
    """

    __slots__ = ("sentence", "values")
    sentence: str
    values: dict[str, object]

    def __new__(cls, sentence: str, **values: object) -> Message:
        """The sentence in English, with its values."""
        made = super().__new__(cls, sentence % values if values else sentence)
        made.sentence, made.values = sentence, values
        return made


_ = Message
