"""Importing: the answers of a past survey, from a CSV or an SPSS file, a question set and a mapping between them."""


def too_wide(columns: int, most: int) -> str:
    """What is said of a file with too many columns."""
    return f"It has {columns} columns, and there may be {most}. Take out those that are not needed."
