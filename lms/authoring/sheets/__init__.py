"""Sheets for the people who read a translation: one module out as a table, the filled table in again."""
