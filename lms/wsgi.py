"""What a WSGI server loads: ``granian --interface wsgi lms.wsgi:app``."""

from __future__ import annotations

import gc

from lms import create_app
from lms.operate.serving import refuse_unready

app = create_app()
refuse_unready(app)
gc.collect()
gc.freeze()  # what lives as long as the process is not looked through again and again while pages are made
