"""Attack cases of the safety plan (§4.2), each with the proof that it would succeed without its guard."""
