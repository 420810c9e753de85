"""Statements, not threads: short ones that staff cleared, on cards; what people think of each, added up."""
