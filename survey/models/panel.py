"""What the answering side knows of a panel: which one-time links have not been used. Not whose they are."""

from sqlmodel import Field, SQLModel


class PanelTicket(SQLModel, table=True):
    """A one-time link into a collection that nobody has used yet, as the hash of its secret.

    It has no number, no time and no person, and it is deleted when a response begins with it.
    """

    __tablename__ = "panel_ticket"
    __table_args__ = {"sqlite_with_rowid": False}

    token_hash: str = Field(primary_key=True, max_length=64)
    collection_id: int = Field(foreign_key="collection.id", index=True)
