"""Pictures of estimates on chart paper: a sounding is a dot at its depth with its interval through it."""

from .crossed import heat
from .element import svg
from .paper import Picture
from .ranked import describe, ordered, ranking
from .tiles import tile_map
from .waves import trend

__all__ = ["Picture", "describe", "heat", "ordered", "ranking", "svg", "tile_map", "trend"]
