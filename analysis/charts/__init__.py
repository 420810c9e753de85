"""Pictures of estimates on chart paper: a sounding is a dot at its depth with its interval through it."""

from .element import svg
from .paper import Picture
from .ranked import describe, ordered, ranking

__all__ = ["Picture", "describe", "ordered", "ranking", "svg"]
