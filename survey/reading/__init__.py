"""The reading desk: a trained reader clears what people wrote, codes it, blacks out, or raises a concern."""
