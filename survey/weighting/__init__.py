"""Weighting: an analyst looks at what a recipe does to the answers, saves it, and chooses which one is in use."""
