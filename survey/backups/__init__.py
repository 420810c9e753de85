"""Backups: one encrypted file that holds a database as it stood at one moment, and a database made of it again."""
