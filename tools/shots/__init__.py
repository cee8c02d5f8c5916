"""Pictures of every screen of the demo, to be looked at: `make shots`, or `make shots ARGS="quiz people"` for some."""
