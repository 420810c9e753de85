"""Survey estimation: what the answers say, with how sure we may be."""

from .association import Association, rao_scott
from .changes import change
from .comparison import CannotClaim, Comparisons
from .cube import Cube
from .design import SurveyDesign
from .estimates import Estimates
from .margins import CannotWeight, Margin, NotConverged
from .sampling import LonelyCluster
from .trimming import WeightReport
from .weighting import Total

__all__ = [
    "Association",
    "CannotClaim",
    "CannotWeight",
    "Comparisons",
    "Cube",
    "Estimates",
    "LonelyCluster",
    "Margin",
    "NotConverged",
    "SurveyDesign",
    "Total",
    "WeightReport",
    "change",
    "rao_scott",
]
