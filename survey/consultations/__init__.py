"""Consultations: what is asked and why, for everybody; planning them and telling what is beside them, for staff."""
