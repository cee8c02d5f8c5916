"""Kits for talks of 45 minutes in a hamlet: what to say, cards, scripts for the loudspeaker, and the poster."""
