"""Survey estimation: what the answers say, with how sure we may be."""

from .design import SurveyDesign
from .estimates import Estimates
from .variance import LonelyCluster
from .weighting import CannotWeight, Margin, NotConverged

__all__ = ["CannotWeight", "Estimates", "LonelyCluster", "Margin", "NotConverged", "SurveyDesign"]
