"""Loads of a busy hour: 300 who read and listen (L4), 300 who sign in (L6), 1,000 certificates beside quizzes (L7)."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, perf_counter, sleep
from urllib.parse import urlencode

from sqlalchemy import func, select

from benchmarks.browsing import PAGES, browsing
from benchmarks.driving import CONNECTIONS, Connection, Driven, drive, request
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.sites import add_country, learners, site
from lms.access import SYSTEM
from lms.access.current import act_as
from lms.accounts import hashing
from lms.accounts.models import Account
from lms.certificates.models import Certificate
from lms.db import db
from lms.people.scope import unscoped
from tests.faults.client import Client
from tests.faults.load import Load
from tests.faults.seeding import Paper, seed
from tests.faults.site import Site, children

PIN = "482913"
READ_FORM = 2.0
"""Seconds between opening the form and sending it."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Size:
    """`seconds` of reading; `sign_ins` within `minute` seconds; submissions at `rate` a second for `beside` seconds."""

    readers: int
    think: float
    seconds: float
    sign_ins: int
    minute: float
    certificates: int
    rate: float
    beside: float


SMALL = Size(10, 0.3, 2, 4, 2, 2, 4, 2)
FULL = Size(300, 5, 300, 300, 60, 1_000, 60, 240)


def run(*, full: bool) -> Iterator[Figure]:
    size = FULL if full else SMALL
    with site("sqlite") as one:
        papers = learners(one.app, max(size.readers, size.sign_ins))
        phones = _with_pins(one, papers[: size.sign_ins])
        one.serve()
        _warm(one, papers[0])
        yield from _reading(one, papers[: size.readers], size)
        yield from _signing_in(one, papers[: size.readers], phones, size)
        yield from _printing(one, papers[:20], size)


def _warm(one: Site, paper: Paper) -> None:
    """What each process does once for its first reader is not what a busy hour is made of."""
    for page in PAGES:
        drive(one.port, [page.asked(paper.cookie)] * (2 * CONNECTIONS), expected=page.expected)


def _reading(one: Site, papers: Sequence[Paper], size: Size) -> Iterator[Figure]:
    resident = 0.0
    with browsing(one.port, [paper.cookie for paper in papers], size.think) as found:
        until = monotonic() + size.seconds
        while monotonic() < until:
            sleep(0.5)
            resident = max(resident, _resident_mib(one))
    yield _p95(f"L4: {size.readers} readers", found, 600)
    yield at_most("L4: answers other than pages and parts of recordings", found.unexpected, "answers", 0)
    yield at_most("L4: all processes, resident", round(resident), "MiB", 1024, "shared pages counted once a process")


def _signing_in(one: Site, papers: Sequence[Paper], phones: Sequence[str], size: Size) -> Iterator[Figure]:
    found = Driven()
    with browsing(one.port, [paper.cookie for paper in papers], size.think) as others:
        began = monotonic()
        threads = [
            threading.Thread(target=_sign_in, args=(one.port, phone, began + at * size.minute / len(phones), found))
            for at, phone in enumerate(phones)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    yield _p95(f"L6: {len(phones)} sign-ins within {size.minute:g} s", found, 2_000)
    yield at_most("L6: sign-ins refused", found.unexpected, "answers", 0)
    yield _p95("L6: the others' pages", others, 1_000)


def _sign_in(port: int, phone: str, moment: float, found: Driven) -> None:
    """The form is opened a little before its turn comes; the sign-in alone is timed, with its Argon2."""
    sleep(max(0.0, moment - READ_FORM - monotonic()))
    connection = Connection(port)
    _, page = connection.ask(request("/dang-nhap"))
    token = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page)
    cookie = re.search(rb"(?i)set-cookie: (lms=[^;]+)", page)
    sleep(max(0.0, moment - monotonic()))
    if token is None or cookie is None:
        found.note(0, 0, 303)
        return
    body = urlencode({"phone": phone, "pin": PIN, "csrf_token": token[1].decode()}).encode()
    began = perf_counter()
    status, _ = connection.ask(request("/dang-nhap", cookie[1].decode(), body=body, headers=FORM))
    found.note(303 if status in (302, 303) else status, perf_counter() - began, 303)
    connection.close()


def _printing(one: Site, readers: Sequence[Paper], size: Size) -> Iterator[Figure]:
    """The first submission tells the worker to look. What the quizzes add comes after and is not counted."""
    add_country(one.app, posts=4 * size.certificates, certificates=size.certificates)
    papers = seed(one.app, round(size.rate * size.beside), first="c01")
    began = monotonic()
    with browsing(one.port, [paper.cookie for paper in readers], size.think) as pages:
        load = Load(Client(one.port), papers, size.rate).start()
        ended = threading.Thread(target=load.join)
        ended.start()
        while not (printed := _printed(one, size.certificates)) and monotonic() - began < 1_200:
            sleep(1)
        seconds = monotonic() - began
        if load.under_way:
            load.stop()
        ended.join()
    yield at_most(f"L7: {size.certificates:,} certificates", round(seconds), "s", 600, "" if printed else "given up")
    yield at_least("L7: submissions meanwhile", round(load.rate_reached, 1), "/s", round(size.rate * 0.9, 1))
    yield at_most("L7: submissions, p95", round(load.quantile(0.95) * 1000), "ms", 1_000)
    yield _p95("L7: pages", pages, 1_000)


def _printed(one: Site, certificates: int) -> bool:
    with one.app.app_context():
        of_first = select(Certificate.id).order_by(Certificate.id).limit(certificates)
        made = select(func.count()).where(Certificate.id.in_(of_first), Certificate.pdf_key.is_not(None))
        return db.session.scalar(unscoped(made, "how many are printed")) == certificates


def _p95(name: str, found: Driven, bar: float) -> Figure:
    note = f"{len(found.seconds)} answers, {found.rate:.1f}/s" if found.wall else f"{len(found.seconds)} answers"
    return at_most(f"{name}, p95", round(found.p95), "ms", bar, note)


def _with_pins(one: Site, papers: Sequence[Paper]) -> list[str]:
    """Their phone numbers. One PIN and one hash for all of them: hashing it is timed when it is checked."""
    pin, phones = hashing.hash_secret(PIN), {}
    with one.app.app_context():
        act_as(SYSTEM)
        with db.write():
            for number, paper in enumerate(papers, 1):
                wanted = select(Account).where(Account.id == paper.account_id)
                account = db.session.scalars(unscoped(wanted, "gets a PIN")).one()
                account.phone, account.pin_hash = f"+8490000{number:04d}", pin
                phones[account.id] = account.phone
    return list(phones.values())


def _resident_mib(one: Site) -> float:
    assert one.main is not None
    pids = [one.main.pid]
    for pid in pids:
        pids += children(pid)
    return sum(map(_resident, pids))


def _resident(pid: int) -> float:
    """0 for a process that has ended since."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0
