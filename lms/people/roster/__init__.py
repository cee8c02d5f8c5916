"""Staff lists: read, matched with the register, decided by a person, confirmed, undone."""
