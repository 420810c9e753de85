"""The door that estimates leave by: what would tell of a few people is withheld, and what would give them away."""

from .rows import FIGURES, SUBTRACTION, Protected
from .rule import Rule
from .table import Tallies, protect

__all__ = ["FIGURES", "SUBTRACTION", "Protected", "Rule", "Tallies", "protect"]
