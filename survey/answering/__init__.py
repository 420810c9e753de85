"""Answering: from a code on a poster to "thank you", one answer at a time."""
