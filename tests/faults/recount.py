"""Counting what the site holds, against the client's own books. Each function gives faults in words; none is good.

acknowledged ⊆ stored, each once and byte for byte; each closed attempt scored as the client claims; nothing half done;
the coverage figure the number of people who passed by the client's books, and equal to its slow reference; the audit
chain whole, the database file sound.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

from tests.faults.client import Sent
from tests.faults.rows import from_json, rows
from tests.faults.seeding import COUNTED
from tests.faults.site import Site
from tests.postgres import binaries


def recount(site: Site, sent: Iterable[Sent]) -> list[str]:
    """Everything that must hold after a fault, once the site is ready again."""
    books = list(sent)
    return [
        *acknowledged_is_stored(site.url, books),
        *stored_once(site.url),
        *scores(site.url, books),
        *nothing_half_done(site.url),
        *coverage(site, books),
        *sound(site.url),
        *own_checks(site),
    ]


def acknowledged_is_stored(url: str, sent: Iterable[Sent]) -> Iterator[str]:
    """Each receipt names a row with the bytes that were sent, in the state that was told."""
    found = {row[0]: row[1:] for row in rows(url, "SELECT receipt, client_id, sha256, body, state FROM submission")}
    for one in sent:
        if not one.acknowledged:
            continue
        stored = found.get(one.receipt)
        if len(one.receipts) > 1:
            yield f"{one.client_id} was told {len(one.receipts)} receipts"
        if stored is None:
            yield f"lost: {one.client_id} was acknowledged with {one.receipt}"
        elif stored[:3] != (one.client_id, one.sha256, one.body.decode()) or not _may_follow(one.state, stored[3]):
            yield f"altered: {one.receipt} is {stored[:2]} {stored[3]}, sent was {one.client_id} {one.state}"
        elif hashlib.sha256(stored[2].encode()).hexdigest() != stored[1]:
            yield f"{one.receipt}: the bytes stored have another sha256 than their row says"


def _may_follow(told: str | None, now: str) -> bool:
    """What was kept because judging raised is judged later; nothing else ever changes."""
    return told == now or (told, now) == ("quarantined", "accepted")


ONCE = {
    "submissions of one id and content": "SELECT client_id, sha256, count(*) FROM submission GROUP BY 1, 2",
    "accepted of one id": "SELECT client_id, 1, count(*) FROM submission WHERE state = 'accepted' GROUP BY 1",
    "accepted of one ticket": "SELECT ticket, 1, count(*) FROM submission WHERE state = 'accepted' GROUP BY 1",
    "attempts of one number": "SELECT person_id, quiz_id, count(*) FROM attempt GROUP BY 1, 2, number",
    "achievements of one attempt": "SELECT source, 1, count(*) FROM achievement GROUP BY 1",
    "standing certificates of one achievement": (
        "SELECT achievement_id, 1, count(*) FROM certificate WHERE replaced_at IS NULL GROUP BY 1"
    ),
    "certificates of one number": "SELECT serial_year, serial_no, count(*) FROM certificate GROUP BY 1, 2",
}


def stored_once(url: str) -> Iterator[str]:
    """No row twice, whatever unique indexes the database says it has."""
    for what, sql in ONCE.items():
        twice = [row for row in rows(url, sql) if row[2] > 1]
        if twice:
            yield f"{what}: {len(twice)} more than once, such as {twice[0]}"


def scores(url: str, sent: Iterable[Sent]) -> Iterator[str]:
    """Each attempt whose submission was accepted is closed with the score of the independent marking."""
    closed = {row[0]: row[1:] for row in rows(url, "SELECT ticket, points, points_max, passed FROM attempt")}
    accepted = {receipt for (receipt,) in rows(url, "SELECT receipt FROM submission WHERE state = 'accepted'")}
    for one in sent:
        if one.receipt not in accepted:
            continue
        points, most, passed = closed.get(one.ticket, (None, None, None))
        got = (None if points is None else round(Decimal(str(points)) * 1000), most, passed)
        if got != (one.claim.thousandths, one.claim.most, one.claim.passed):
            yield f"score of {one.ticket}: {got}, it should be {tuple(one.claim)}"


def nothing_half_done(url: str) -> Iterator[str]:
    """What one transaction writes is there whole: submission, closed attempt, results, achievement, certificate."""
    attempts = rows(url, "SELECT id, ticket, items, closed_at, passed FROM attempt")
    accepted = {ticket for (ticket,) in rows(url, "SELECT ticket FROM submission WHERE state = 'accepted'")}
    closed = {ticket for _, ticket, _, closed_at, _ in attempts if closed_at is not None}
    if closed != accepted:
        yield f"{len(closed - accepted)} attempts closed without a submission, {len(accepted - closed)} the other way"
    results = Counter(attempt for (attempt,) in rows(url, "SELECT attempt_id FROM item_result"))
    for number, ticket, items, closed_at, _ in attempts:
        if results[number] != (len(from_json(items)) if closed_at is not None else 0):
            yield f"attempt {ticket}: {results[number]} item results"
    yield from _proofs(url, {f"attempt:{ticket}" for _, ticket, _, _, passed in attempts if passed})


def _proofs(url: str, passed: set[str]) -> Iterator[str]:
    achieved = {source for (source,) in rows(url, "SELECT source FROM achievement") if source.startswith("attempt:")}
    if achieved != passed:
        yield f"{len(passed - achieved)} passes without achievement, {len(achieved - passed)} the other way"
    papers = rows(url, "SELECT serial_year, serial_no FROM certificate")
    for year, last in rows(url, "SELECT year, last FROM certificate_book"):
        numbers = sorted(number for of, number in papers if of == year)
        if numbers != list(range(1, last + 1)):
            yield f"the book of {year} ends at {last} and holds {len(numbers)} numbers"


def coverage(site: Site, sent: Iterable[Sent]) -> Iterator[str]:
    """Who counts as trained today: each person who passed the counted course, by the client's books and marking, once.

    Books in which nobody passed it are a fault too: a figure of nothing would always be right.
    """
    passed = {one.person_id for one in _taken_in(site.url, sent) if one.course == COUNTED and one.claim.passed}
    with site.app.app_context():
        told = site.app.test_cli_runner().invoke(args=["coverage", "--by", "", "--json"])
    if told.exit_code:
        yield f"lms coverage: {told.output[:500]} {told.exception or ''}"
    elif (trained := json.loads(told.stdout)["total"]["trained"]) != len(passed):
        yield f"coverage: {trained} trained, {len(passed)} passed"
    if not passed:
        yield f"coverage: nobody passed {COUNTED}, nothing was compared"


def _taken_in(url: str, sent: Iterable[Sent]) -> Iterator[Sent]:
    """What was told to be accepted; of the rest, of which a device knows too little, what is accepted by now."""
    accepted = set(rows(url, "SELECT client_id, sha256 FROM submission WHERE state = 'accepted'"))
    return (one for one in sent if one.state == "accepted" or (one.client_id, one.sha256) in accepted)


def sound(url: str) -> Iterator[str]:
    """The engine's own check of its files."""
    if url.startswith("sqlite"):
        for pragma, good in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
            found = rows(url, f"PRAGMA {pragma}")
            if found != good:
                yield f"{pragma}: {found[:3]}"
    elif (tool := _amcheck()) is not None:
        at = urlsplit(url)
        command = [str(tool), "--install-missing", "--heapallindexed", "-h", str(at.hostname), "-p", str(at.port)]
        done = subprocess.run([*command, "-U", "lms", at.path[1:]], capture_output=True, text=True, check=False)
        if done.returncode:
            yield f"pg_amcheck: {(done.stdout or done.stderr)[:500]}"


def own_checks(site: Site) -> Iterator[str]:
    """The commands that an operator has: the audit chain, and the figure against its slow reference."""
    run = site.app.test_cli_runner()
    for command in (["audit", "verify"], ["coverage", "check", "--on", _today(site.url)]):
        done = run.invoke(args=command)
        if done.exit_code:
            yield f"lms {' '.join(command)}: {done.output[:500]} {done.exception or ''}"


def _today(url: str) -> str:
    """The last day on which anything was achieved, as the coverage command reads it."""
    ((day,),) = rows(url, "SELECT max(completed_on) FROM achievement")
    return str(day or "2026-12-31")


def _amcheck() -> Path | None:
    found = binaries()
    tool = found / "pg_amcheck" if found else None
    return tool if tool and tool.exists() else None
