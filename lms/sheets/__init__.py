"""Safe spreadsheet reading and writing. Files come from strangers: type by content, limits before parsing."""
