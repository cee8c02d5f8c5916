"""The long run: `make faults` sets LMS_LONG, and tests that count something then count far.

A test whose module takes `LONG` from here is part of it (mark `long`), and so is everything in tests/faults.
"""

from __future__ import annotations

import os

LONG = "LMS_LONG" in os.environ
