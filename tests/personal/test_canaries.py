"""P4: no log, address, file name, queue or page of others holds a name, a number, a PIN or a token (safety.md §3.5).

A real server, a walk through every route as several people, lists that cannot be read, work that raises in the
middle; then everything it wrote beside the database is searched for everything that the database holds.
"""

from __future__ import annotations

import base64
import html
import io
import json
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from lms.accounts import operations as accounts
from lms.db import db
from lms.text.names import search_key
from tests import databases
from tests.access import world
from tests.access.conftest import _spare_the_machine
from tests.access.site import Site as Routes
from tests.faults.site import Site, wait_for
from tests.personal import canaries
from tests.personal.journey import Answered, Walk, broken, garbled, query_of

pytestmark = pytest.mark.xdist_group("canaries")
SAID = "Ngoặc Thị Chim Hoàng Yến"
TYPED_PHONE, TYPED_PIN, TYPED_TOKEN = "0977 665 544", "739518", "lms_zyx9canarycanarycanarycanarycanary"
SHORTEST = 6
LINK = re.compile(r'\b(?:href|src|action|formaction|hx-get|hx-post|data-url)="([^"]*)"')


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    folder = tmp_path_factory.mktemp("canaries")
    database = folder / "lms.sqlite"
    shutil.copy(Path(databases.new_sqlite(folder).removeprefix("sqlite:///")), database)
    site = Site(f"sqlite:///{database}", folder, workers=1)
    with pytest.MonkeyPatch.context() as patch, site.app.app_context():
        _spare_the_machine(patch)
        built = world.build()
        token = _token(built.here.learner.account_id)
        canaries.fill(database)
    pristine = folder / "pristine.sqlite"
    with sqlite3.connect(database) as source, sqlite3.connect(pristine) as target:
        source.backup(target)
    walk = Walk(site, Routes(site.app, built, database, pristine), token)
    try:
        site.serve()
        _go(walk, database)
        wait_for(lambda: (folder / "queue.sqlite").exists(), 20, "the worker has a queue")
    finally:
        site.stop()
    yield walk


def _token(account_id: int) -> str:
    with db.write():
        return accounts.create_token(account_id, "Bảng tính", ["courses:read"], timedelta(days=9)).text


def _go(walk: Walk, database: Path) -> None:
    typed = query_of(tim=SAID, ma=SAID, next=f"/nguoi?tim={SAID}", **{"dien-thoai": TYPED_PHONE})
    for actor in ("nobody", "learner", "here"):
        walk.read_everything(actor, typed)
    walk.send("nobody", "GET", f"/nguoi/{quote(SAID)}/{TYPED_PHONE.replace(' ', '')}")
    walk.send("here", "GET", "/nguoi", Referer=f"http://127.0.0.1/?tim={quote(SAID)}")
    walk.send("nobody", "GET", "/api/v1/courses/k1/package", Authorization=f"Bearer {walk.token}")
    for token in (TYPED_TOKEN, walk.token):
        walk.send("nobody", "GET", "/api/v1/coverage", Authorization=f"Bearer {token}")
    _sign_in(walk)
    _lists(walk)
    with broken(database, "sign_in_tries", "roster_row", "attempt_step", "identity_check"):
        _sign_in(walk)
        _lists(walk)
        walk.read_everything("learner", typed)
        walk.write_everything("here", SAID)
    with broken(database, "person"):
        walk.read_everything("here", typed)
    parsed = json.dumps({"state": SAID, "units": {}, SAID: TYPED_PHONE})
    with garbled(database, "roster_row", "parsed", parsed), garbled(database, "roster_import", "reading", f'"{SAID}"'):
        walk.read_everything("here")
    for actor in ("learner", "here", "trainer", "administrator"):
        walk.write_everything(actor, SAID)


def _sign_in(walk: Walk) -> None:
    for phone in (TYPED_PHONE, f"{TYPED_PHONE} của {SAID}"):
        walk.send("nobody", "POST", "/dang-nhap", {"phone": phone, "pin": TYPED_PIN})


def _lists(walk: Walk) -> None:
    """One that reads, one of errors, one that is no spreadsheet; file names as people give them."""
    whole = f"STT,Họ và tên,Năm sinh,Chức danh,Điện thoại\n1,{SAID},1971,CTV DS,{TYPED_PHONE}\n"
    wrong = f"STT,Họ và tên,Năm sinh,Chức danh,Điện thoại\n1,{SAID},31/02/1971,Không có,09{SAID}\n"
    for name, data in (("a.csv", whole.encode()), ("b.csv", wrong.encode()), ("c.xlsx", f"PK\3\4{SAID}".encode())):
        form = {"file": (io.BytesIO(data), f"{SAID} {name}"), "unit": str(walk.routes.world.here.unit_id)}
        answer = walk.send("here", "POST", "/danh-sach/moi", {**form, "list_date": "01/05/2026"})
        if answer.status == 303:
            walk.send("here", "GET", answer.headers["Location"])


def held(walk: Walk, columns: set[canaries.Column]) -> set[str]:
    """What stood there before the walk and after it."""
    files = (walk.site.folder / name for name in ("pristine.sqlite", "lms.sqlite"))
    return set().union(*(canaries.held(file, columns, SHORTEST) for file in files))


def people(walk: Walk) -> set[str]:
    secrets = {*walk.routes.world.tokens.values(), walk.routes.world.card, walk.token, TYPED_TOKEN, TYPED_PIN}
    whole = canaries.named(canaries.HELD) | set(canaries.NUMBERS)
    return held(walk, whole) | set(map(canaries.canary_of, canaries.FILLED)) | {SAID, TYPED_PHONE} | secrets


def codes(walk: Walk) -> set[str]:
    return held(walk, canaries.named(canaries.CODES))


@cache
def forms_of(canary: str) -> set[str]:
    """As it may stand somewhere: as it is, in an address, in JSON, without marks, a number without its beginning."""
    forms = {canary, quote(canary), json.dumps(canary)[1:-1]}
    digits = re.sub(r"\D", "", canary)
    if len(digits) >= 9 and not re.search("[^0-9+ ]", canary):
        forms |= {digits[-9:], f"0{digits[-9:]}"}
    elif " " in canary:
        forms.add(search_key(canary))
    return {form for form in forms if len(form) >= SHORTEST}


def found_in(text: str, canaries: Iterable[str]) -> set[str]:
    """Without regard to capital letters."""
    low = text.lower()
    return {canary for canary in canaries if any(form.lower() in low for form in forms_of(canary))}


def log_of(walk: Walk) -> str:
    assert walk.site.log is not None
    return walk.site.log.read_text(encoding="utf-8")


def test_the_walk_came_everywhere(walk: Walk) -> None:
    """The negative control: there is a log with refusals and failures in it, and the search finds what is there."""
    statuses = [answer.status for answer in walk.answers]
    assert statuses.count(200) > 80 and statuses.count(422) > 3, Counter(statuses)
    assert statuses.count(503) > 20 and statuses.count(500) > 1, Counter(statuses)
    routes = {rule.rule for _method, rule in walk.routes.rules()}
    logged = {json.loads(line).get("route") for line in log_of(walk).splitlines() if line.startswith("{")}
    assert len(routes & logged) > len(routes) * 0.9
    assert '"unhandled exception"' in log_of(walk)
    assert len(people(walk)) > 150
    for canary in people(walk):
        for form in forms_of(canary):
            assert found_in(f"… {form.upper()} …", {canary}), form


def test_every_column_is_filled_or_left_out_for_a_reason(walk: Walk) -> None:
    """A new column: say in canaries.py what may stand in it."""
    ours = [set(canaries.FILLED), set(canaries.NUMBERS), canaries.named(canaries.HELD), canaries.named(canaries.CODES)]
    left_out = [canaries.named(columns) for columns in canaries.LEFT_OUT.values()]
    decided = [column for several in (*ours, *left_out) for column in several]
    assert sorted(canaries.all_columns() - set(decided)) == []
    assert sorted(set(decided) - canaries.all_columns()) == []
    assert [column for column, times in Counter(decided).items() if times > 1] == []


def test_what_is_filled_is_there(walk: Walk) -> None:
    """Before the walk, as it is searched for; what only a sign-in writes, after it."""
    stored = canaries.held(walk.site.folder / "pristine.sqlite", set(canaries.FILLED), SHORTEST)
    for column in canaries.FILLED:
        forms = (canaries.canary_of(column), json.dumps(canaries.canary_of(column))[1:-1])
        assert any(form in text for form in forms for text in stored), column
    for column in (*canaries.NUMBERS, *canaries.named(canaries.HELD), *canaries.named(canaries.CODES)):
        assert held(walk, {column}), column


def test_no_log_line_holds_any_of_it(walk: Walk) -> None:
    assert found_in(log_of(walk), people(walk) | codes(walk)) == set()


def test_no_address_that_we_send_people_to(walk: Walk) -> None:
    """What somebody typed into an address may come back to them; what the register holds may not."""
    typed = {SAID, TYPED_PHONE}
    places = {answer.headers.get("Location", "") for answer in walk.answers if "?" not in answer.path}
    assert found_in(unquote(" ".join(places)), people(walk) - typed) == set()
    assert len(places) > 5
    assert found_in(" ".join(places), typed) == set()


def test_no_link_of_a_page(walk: Walk) -> None:
    """But those that a telephone dials, and what somebody typed into the address of that very page."""
    links = {link for answer in walk.answers for link in _links(answer)}
    assert len(links) > 200
    assert found_in(unquote(" ".join(links)), people(walk) - {SAID, TYPED_PHONE}) == set()


def _links(answer: Answered) -> list[str]:
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return []
    found = LINK.findall(html.unescape(answer.body.decode()))
    return [link for link in found if not link.startswith("tel:")]


def test_no_name_of_a_file(walk: Walk) -> None:
    given = {
        answer.headers["Content-Disposition"] for answer in walk.answers if "Content-Disposition" in answer.headers
    }
    assert len(given) > 3
    assert found_in(unquote(" ".join(given)), people(walk)) == set()
    stored = " ".join(str(path) for path in walk.site.folder.rglob("*"))
    assert found_in(stored, people(walk)) == set()


def test_no_entry_of_the_queue(walk: Walk) -> None:
    """Neither of what waits for the worker nor of the table of jobs, which nothing writes to yet."""
    queue = (walk.site.folder / "queue.sqlite").read_bytes()
    jobs = canaries.held(walk.site.folder / "lms.sqlite", canaries.named({"job": "kind subject result error"}), 1)
    text = " ".join((queue.decode("latin-1"), queue.decode("utf-8", "replace"), *jobs))
    assert found_in(text, people(walk) | codes(walk)) == set()


def test_no_page_of_a_failure(walk: Walk) -> None:
    """But the name and the office of who is signed in, in the head of their own page."""
    everybody = people(walk) - {SAID, TYPED_PHONE}
    failures = [answer for answer in walk.answers if answer.status >= 500]
    assert len({answer.actor for answer in failures}) >= 3
    for answer in failures:
        body = html.unescape(answer.body.decode("utf-8", "replace"))
        for own in _own(walk, answer.actor):
            body = re.sub(rf"{re.escape(own)}\b", "…", body)
        assert found_in(body, everybody) == set(), answer.path


def _own(walk: Walk, actor: str) -> list[str]:
    learner, name = walk.routes.world.here.learner, f"Người Mẫu {actor}"
    ids = {**walk.routes.world.accounts, "learner": learner.account_id}
    office = canaries.canary_of(("account", "office"))
    return [world.NAMES[world.HERE][0] if actor == "learner" else name, f"{office} {ids.get(actor)}"]


def test_no_part_of_the_chain(walk: Walk) -> None:
    """Who, what, on which record: ids. Before and after stand in details, which retention can delete."""
    connection = sqlite3.connect(walk.site.folder / "lms.sqlite")
    try:
        rows = connection.execute(
            "SELECT actor, action, subject, fields, details_sha256, hash FROM audit_entry"
        ).fetchall()
    finally:
        connection.close()
    assert len(rows) > 50
    assert found_in("\n".join(" ".join(row) for row in rows), people(walk)) == set()


def test_an_encoded_copy_would_be_told_apart(walk: Walk) -> None:
    """Nor does the log hold any of it in base64, where a search for the words would pass it by."""
    parts = {base64.b64encode(canary.encode()).decode()[:-4] for canary in people(walk)}
    assert found_in(log_of(walk), {part for part in parts if len(part) >= 12}) == set()
