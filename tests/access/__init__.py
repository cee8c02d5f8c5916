"""Who may do what: every route × method × actor against a committed table, and the attacks that follow from it."""
