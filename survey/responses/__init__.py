"""Responses as they are stored, whichever way they came: from a phone page by page, or typed in from paper."""
