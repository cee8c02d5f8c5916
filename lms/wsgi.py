"""What a WSGI server loads: ``granian --interface wsgi lms.wsgi:app``."""

from __future__ import annotations

from lms import create_app

app = create_app()
