"""The tables: what is stored, and nothing that is not needed."""

from survey.models.asking import (
    Collection,
    Consultation,
    Draft,
    Instrument,
    OldCode,
    Response,
    Revision,
    Series,
    Setting,
    new_response_key,
)
from survey.models.counting import KeptCube, PageTime
from survey.models.kinds import ConsentRoute, Design, Devices, Document, Kind, Permission, Role
from survey.models.publishing import (
    FileRequest,
    LookedAt,
    Publication,
    PublicationCounts,
    Recipe,
    RecipeInUse,
)
from survey.models.reference import ReferenceFigure, ReferenceMeasure, ReferenceSeries
from survey.models.staff import (
    AuditEntry,
    HelpLineCheck,
    InterfaceText,
    Invitation,
    Secret,
    Staff,
    StaffSession,
)

__all__ = [
    "AuditEntry",
    "Collection",
    "ConsentRoute",
    "Consultation",
    "Design",
    "Devices",
    "Document",
    "Draft",
    "FileRequest",
    "HelpLineCheck",
    "Instrument",
    "InterfaceText",
    "Invitation",
    "KeptCube",
    "Kind",
    "LookedAt",
    "OldCode",
    "PageTime",
    "Permission",
    "Publication",
    "PublicationCounts",
    "Recipe",
    "RecipeInUse",
    "ReferenceFigure",
    "ReferenceMeasure",
    "ReferenceSeries",
    "Response",
    "Revision",
    "Role",
    "Secret",
    "Series",
    "Setting",
    "Staff",
    "StaffSession",
    "new_response_key",
]
