"""Fieldwork: how a consultation gathers its responses, where, with which codes, and who holds them out."""
