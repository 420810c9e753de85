"""People who asked to be asked again: kept apart from all answers, and joined to none (docs/decisions/panel.md)."""
