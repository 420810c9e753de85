"""Coverage: where a collection has answers enough, where more are needed, and which settings can give them."""
