"""Importing: the answers of a past survey, from a CSV file, a question set and a mapping between them."""

from survey.importing.mapping import WrongImport
from survey.importing.responses import import_responses

__all__ = ["WrongImport", "import_responses"]
