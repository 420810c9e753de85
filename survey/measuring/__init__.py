"""Measuring: how many people of each kind gave each answer, and how they are weighted."""
