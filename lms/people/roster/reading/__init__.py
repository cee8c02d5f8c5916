"""How a row of a staff list is understood. The door is `lms.people.roster.readers.read_roster`."""
