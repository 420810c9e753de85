"""Reference: published figures of adults, brought from a file, that stand beside those of young people."""
