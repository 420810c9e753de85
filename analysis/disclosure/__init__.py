"""The door that estimates leave by: what would tell of a few people is withheld, and what would give them away."""

from .counted import Counted
from .groups import Outside
from .lattice import Pooled
from .present import together
from .publication import Publication, publish
from .rows import FIGURES, SUBTRACTION, Protected, outwards
from .rule import Rule
from .schools import ONE_SCHOOL, Schools
from .table import Tallies, printed, protect

__all__ = [
    "FIGURES",
    "ONE_SCHOOL",
    "SUBTRACTION",
    "Counted",
    "Outside",
    "Pooled",
    "Protected",
    "Publication",
    "Rule",
    "Schools",
    "Tallies",
    "outwards",
    "printed",
    "protect",
    "publish",
    "together",
]
