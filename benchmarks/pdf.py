"""Certificates: one against WeasyPrint with the same page, many against one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from time import perf_counter

from sqlalchemy import select

from benchmarks.figures import Figure, at_least, at_most
from benchmarks.measuring import memory_growth, times
from benchmarks.sites import add_country, site
from lms.certificates import pdf, tasks
from lms.certificates.models import Certificate
from lms.certificates.page import paper_html
from lms.certificates.paper import CertificatePaper, cleaned, paper_from_json
from lms.certificates.qr import qr_data_uri
from lms.db import db
from lms.people.scope import unscoped

SMALL, FULL = (4, 24, 2), (30, 400, 20)
"""Printed one by one, printed in bulk, and how often one page is drawn."""


def run(*, full: bool) -> Iterator[Figure]:
    single, many, runs = FULL if full else SMALL
    with site("sqlite") as one:
        add_country(one.app, posts=4 * (single + 2 * many), certificates=single + 2 * many)
        with one.app.app_context():
            waiting = _waiting()
            yield from _one(waiting[0], runs)
            yield from _bulk(waiting, single, many)


def _waiting() -> Sequence[Certificate]:
    wanted = select(Certificate).where(Certificate.pdf_key.is_(None)).order_by(Certificate.id)
    found = db.session.scalars(unscoped(wanted, "files that are to be printed")).all()
    db.session.rollback()
    return found


def _one(certificate: Certificate, runs: int) -> Iterator[Figure]:
    paper, made_on = paper_from_json(certificate.paper), certificate.recorded_at
    bare = times(_bare(paper, made_on.isoformat(timespec="seconds")), runs)
    ours = times(lambda: pdf.render_pdf(paper, made_on=made_on), runs)
    yield Figure("WeasyPrint, the same page, warm", round(bare.median), "ms", note=bare.note)
    yield at_most("one certificate / WeasyPrint", round(ours.median / bare.median, 2), "×", 1.5, ours.note)


def _bare(paper: CertificatePaper, made_on: str) -> Callable[[], object]:
    """The page as it is printed, with the fonts and the style sheet read already: nothing of ours around it."""
    press = pdf._press()
    page = paper_html(paper, squeeze=pdf.SQUEEZES[0], made_on=made_on)

    def draw() -> object:
        press.fetcher.picture = qr_data_uri(cleaned(paper).check_url)
        source = press.html(string=page, url_fetcher=press.fetcher)
        document = source.render(font_config=press.fonts, stylesheets=[press.style])
        return document.write_pdf(pdf_variant="pdf/a-3a")

    return draw


def _bulk(waiting: Sequence[Certificate], single: int, many: int) -> Iterator[Figure]:
    """Bulk is what is left after the single ones: about twice `many`. Memory is this process's, which stores them."""
    one_by_one = _seconds(lambda: [tasks.make_file(certificate.id) for certificate in waiting[:single]]) / single
    with memory_growth() as seen:
        began = perf_counter()
        made = tasks.make_missing_files()
        each = (perf_counter() - began) / made
    yield Figure("certificates in bulk", round(60 / each), "/min", note=f"{made} files")
    yield at_least("bulk / one by one, for each", round(one_by_one / each, 2), "×", 1.5)
    yield at_most("memory while they are made", round(seen.growth, 1), "MiB", 40)


def _seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began
