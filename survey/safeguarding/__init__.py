"""Safeguarding: who is named, concerns and what was done about each, and people who asked to be contacted."""
