"""Pictures of estimates on chart paper: a sounding is a dot at its depth with its interval through it."""

from .crossed import describe_heat, heat
from .differences import describe_differences, differences
from .element import svg
from .margins import weighting
from .panels import panel
from .paper import Picture
from .ranked import describe, ordered, ranking
from .reference import beside
from .slides import slide
from .tiles import tile_map
from .waves import trend
from .words import Tongue, spoken_in

__all__ = [
    "Picture",
    "Tongue",
    "beside",
    "describe",
    "describe_differences",
    "describe_heat",
    "differences",
    "heat",
    "ordered",
    "panel",
    "ranking",
    "slide",
    "spoken_in",
    "svg",
    "tile_map",
    "trend",
    "weighting",
]
