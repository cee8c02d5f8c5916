"""What is held about a person: as a file for them, and for whoever must answer who saw it."""
