"""What is looked up when `/metrics` is asked, and how the processes of one machine share their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import structlog
from flask import Flask
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from lms import measures
from lms.certificates.models import Achievement, Certificate
from lms.certificates.waiting import ready_to_issue
from lms.config import Settings
from lms.db import db, utc_now
from lms.operate import schema
from lms.people.scope import unscoped
from lms.quizzes.models import Submission
from lms.quizzes.tasks import RAISED
from lms.web.metrics import Scrape

log = structlog.get_logger("lms.operate")


def folder_of(settings: Settings) -> Path:
    return settings.instance_dir / "metrics"


def share(app: Flask) -> None:
    """From now on this process counts where the others do. Without room on the disk it counts for itself."""
    if not app.extensions["settings"].metrics_token:
        return  # nobody may ask
    try:
        app.extensions["measures"] = measures.shared(folder_of(app.extensions["settings"]))
    except OSError as error:
        log.error("metrics are not shared", exc_info=error)


def scrape(app: Flask) -> Scrape:
    """`app` with its middleware as it stands, and `/metrics` before all of it."""

    def more() -> bytes:
        with app.app_context():
            return looked_up()

    return Scrape(app.wsgi_app, app.extensions["measures"], app.extensions["settings"].metrics_token, more)


def looked_up() -> bytes:
    registry = CollectorRegistry()
    registry.register(LookedUp())
    return generate_latest(registry)


class LookedUp(Collector):
    """Not gauges of the library: those would be written into the shared folder, and told once more."""

    def collect(self) -> Iterator[Metric]:
        told = "Age of the oldest row that waits for work."
        waiting = GaugeMetricFamily("lms_oldest_waiting_seconds", told, labels=("kind",))
        for kind, since in oldest_waiting().items():
            waiting.add_metric((kind,), max((utc_now() - since).total_seconds(), 0.0) if since else 0.0)
        build = GaugeMetricFamily("lms_build_info", "1, with what is installed.", labels=("version", "schema"))
        build.add_metric((version("lop-hoc-phuong"), str(schema.head())), 1)
        yield from (waiting, build)


def oldest_waiting() -> dict[str, datetime | None]:
    """kind of work → since when its oldest row waits; None where none does."""
    without_file = Certificate.pdf_key.is_(None) & Certificate.pdf_fault.is_(None)
    files = select(func.min(Certificate.recorded_at)).where(without_file)
    papers = select(func.min(Achievement.recorded_at)).where(Achievement.id.in_(ready_to_issue().order_by(None)))
    judged = select(func.min(Submission.received_at)).where(RAISED)
    found = {"certificate-files": files, "certificates-waiting": papers, "submissions-to-judge": judged}
    return {kind: db.session.scalar(unscoped(query, "how long work waits")) for kind, query in found.items()}
