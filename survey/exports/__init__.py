"""Files out, for analysts: rows in which nobody stands alone, asked for with a reason, let go by a second person."""
