"""Waves: consultations of a series side by side, compared only where wording and design allow it."""
