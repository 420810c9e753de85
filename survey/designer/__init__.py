"""Staff write question sets: drafts with every revision kept, a live preview, the audit, publishing, files."""
