"""Publications: what is frozen when results are published, and the pages, pictures and files that show it."""
