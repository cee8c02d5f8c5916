"""How long what is kept, and the one narrow way in which it goes (docs/decisions/0010-retention.md)."""
