"""A question set as a spreadsheet that staff of this field know: XLSForm, both ways."""

from questions.xlsform.reading import read
from questions.xlsform.writing import write

__all__ = ["read", "write"]
