"""What a WSGI server loads: ``granian --interface wsgi lms.wsgi:app``."""

from __future__ import annotations

import gc

from lms import create_app
from lms.operate import metrics
from lms.operate.serving import INSIDE, LINE_PATIENCE, LINES, PATIENCE, WAITING, end_with_server, refuse_unready
from lms.web.bodies import ReceiveFirst
from lms.web.gate import Gate

app = create_app()
refuse_unready(app)
end_with_server()
metrics.share(app)
turned_away = app.extensions["measures"].turned_away.inc
app.wsgi_app = Gate(  # type: ignore[method-assign]
    app.wsgi_app, inside=INSIDE, waiting=WAITING, patience=PATIENCE, on_refusal=turned_away
)
app.wsgi_app = ReceiveFirst(  # type: ignore[method-assign]
    app.wsgi_app,
    most=2 * app.config["MAX_CONTENT_LENGTH"],
    lines=LINES,
    patience=LINE_PATIENCE,
    on_refusal=turned_away,
)
app.wsgi_app = metrics.scrape(app)  # type: ignore[method-assign]
gc.collect()
gc.freeze()  # what lives as long as the process is not looked through again and again while pages are made
