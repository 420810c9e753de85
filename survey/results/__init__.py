"""Results: what a consultation's answers say, weighted, with intervals, and only what may be shown."""
