"""Rooms: people who are present vote on their phones, one question at a time, and see together what the room said."""
