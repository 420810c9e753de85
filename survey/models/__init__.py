"""The tables: what is stored, and nothing that is not needed."""

from survey.models.asking import (
    Collection,
    Consultation,
    DeletedResponse,
    Draft,
    Instrument,
    OldCode,
    Response,
    Revision,
    Series,
    Setting,
    new_response_key,
)
from survey.models.counting import (
    FlaggedResponse,
    KeptCube,
    PageTime,
)
from survey.models.keeping import (
    EvidenceEntry,
)
from survey.models.kinds import (
    Answer,
    Audience,
    ConsentRoute,
    Design,
    Devices,
    Document,
    Evidence,
    Kind,
    Opinion,
    Permission,
    Role,
    Voice,
)
from survey.models.mailing import (
    MailLink,
    Subscriber,
)
from survey.models.panel import (
    PanelTicket,
)
from survey.models.paper import (
    Batch,
    CountedWords,
    PaperForm,
    Tally,
)
from survey.models.publishing import (
    FileRequest,
    LookedAt,
    Publication,
    PublicationCounts,
    Recipe,
    RecipeInUse,
)
from survey.models.reading import (
    Code,
    CodeWording,
    Quote,
    Reading,
    Written,
    new_name,
)
from survey.models.reference import (
    ReferenceFigure,
    ReferenceMeasure,
    ReferenceSeries,
)
from survey.models.replying import (
    Correction,
    Finding,
    Reply,
    Update,
    Verdict,
    YouthGroup,
)
from survey.models.rooms import (
    Room,
    RoomPhone,
    RoomQuestion,
    RoomVote,
)
from survey.models.safeguarding import (
    Concern,
    ConcernEntry,
    ContactRequest,
    Named,
)
from survey.models.staff import (
    AuditEntry,
    HelpLineCheck,
    InterfaceText,
    Invitation,
    Secret,
    Staff,
    StaffSession,
)
from survey.models.statements import (
    Cards,
    Statement,
)
from survey.models.telling import (
    FormatRequest,
    Link,
    Meeting,
    Milestone,
)

__all__ = [
    "Answer",
    "Audience",
    "AuditEntry",
    "Batch",
    "Cards",
    "Code",
    "CodeWording",
    "Collection",
    "Concern",
    "ConcernEntry",
    "ConsentRoute",
    "Consultation",
    "ContactRequest",
    "Correction",
    "CountedWords",
    "DeletedResponse",
    "Design",
    "Devices",
    "Document",
    "Draft",
    "Evidence",
    "EvidenceEntry",
    "FileRequest",
    "Finding",
    "FlaggedResponse",
    "FormatRequest",
    "HelpLineCheck",
    "Instrument",
    "InterfaceText",
    "Invitation",
    "KeptCube",
    "Kind",
    "Link",
    "LookedAt",
    "MailLink",
    "Meeting",
    "Milestone",
    "Named",
    "OldCode",
    "Opinion",
    "PageTime",
    "PanelTicket",
    "PaperForm",
    "Permission",
    "Publication",
    "PublicationCounts",
    "Quote",
    "Reading",
    "Recipe",
    "RecipeInUse",
    "ReferenceFigure",
    "ReferenceMeasure",
    "ReferenceSeries",
    "Reply",
    "Response",
    "Revision",
    "Role",
    "Room",
    "RoomPhone",
    "RoomQuestion",
    "RoomVote",
    "Secret",
    "Series",
    "Setting",
    "Staff",
    "StaffSession",
    "Statement",
    "Subscriber",
    "Tally",
    "Update",
    "Verdict",
    "Voice",
    "Written",
    "YouthGroup",
    "new_name",
    "new_response_key",
]
