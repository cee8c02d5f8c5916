"""A person's own data as a file: all of it, nobody else's, and no table forgotten."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.accounts import hashing
from lms.accounts.models import Account, ApiToken, Grant
from lms.audit.operations import record
from lms.db import Base, db, utc_now
from lms.operate.personal.tables import TOLD, UNTOLD
from lms.people.models import PersonMerge, RosterImport, RosterRow
from lms.people.scope import unscoped
from tests.certificates.people import HAMLET, HERE, Visitor, certified
from tests.factories import Make
from tests.quizzes.learners import Learner, begin, hand_in, new_learner, payload

PIN = "482913"
OTHER = "Lâm Văn Người Khác"
OTHER_PHONE = "+84909876543"


@dataclass(frozen=True)
class World:
    me: Learner
    old_entry: int
    other: Learner


@pytest.fixture
def world(app: Flask, make: Make) -> World:
    """Somebody with a row in every told table, and somebody else with the same."""
    make.edition()
    me, other = new_learner(make), new_learner(make)
    for learner in (other, me):
        hand_in(learner, payload(begin(learner)))
        certified(learner.person_id)
        _roster_row(make, learner)
    old_entry = make.person("Huỳnh Thị Út Cũ")
    with db.write() as session:
        session.add(PersonMerge(person_id=old_entry, into_id=me.person_id))
        theirs = session.scalars(unscoped(select(Account).where(Account.id == other.account_id), "test")).one()
        theirs.name, theirs.phone = OTHER, OTHER_PHONE
        for learner in (me, other):
            mine = session.scalars(unscoped(select(Account).where(Account.id == learner.account_id), "test")).one()
            mine.pin_hash = hashing.hash_secret(PIN)
            given = {"account_id": learner.account_id, "created_by": f"account:{other.account_id}"}
            token = ApiToken(
                **given, name="Bảng", prefix="x", token_hash=f"h{learner.account_id}", scopes="", expires_at=utc_now()
            )
            session.add(token)
            session.add(
                Grant(
                    account_id=learner.account_id, capability="learner", valid_from=date(2026, 1, 1), granted_by="lms"
                )
            )
    return World(me, old_entry, other)


def _roster_row(make: Make, learner: Learner) -> None:
    with db.write() as session:
        sheet = RosterImport(
            file_name="a.csv",
            file_sha256="0",
            file_key="rosters/00/0.csv",
            list_date=date(2026, 1, 1),
            unit_id=make.unit_id(HERE),
            state="confirmed",
            reading={},
            created_by="lms",
        )
        session.add(sheet)
        session.flush()
        given: dict[str, Any] = {"raw": [OTHER], "parsed": {}, "why": [], "questions": []}
        session.add(
            RosterRow(import_id=sheet.id, sheet="a", row_no=1, taken_as="same", person_id=learner.person_id, **given)
        )


def named() -> tuple[str, ...]:
    """What the register calls the post that `new_learner` gives."""
    queries = (
        "SELECT name FROM role WHERE code = 'CTV_DS'",
        "SELECT name FROM unit_version v JOIN unit u ON u.id = v.unit_id"
        f" WHERE u.key = '{HAMLET}' ORDER BY valid_from DESC",
    )
    return tuple(str(db.session.connection().exec_driver_sql(one).scalars().first()) for one in queries)


def unpacked(data: bytes) -> tuple[dict[str, Any], str]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        names = file.namelist()
        assert names == ["du-lieu-cua-toi.json", "du-lieu-cua-toi.html"]
        return json.loads(file.read(names[0])), file.read(names[1]).decode()


def fetch(app: Flask, world: World) -> tuple[dict[str, Any], str]:
    app.config["WTF_CSRF_ENABLED"] = False
    answer = Visitor(app, world.me.account_id).post("/tai-khoan/du-lieu", {"current_pin": PIN}).answer
    assert answer.status_code == 200
    return unpacked(answer.get_data())


def test_every_table_is_told_or_named_with_a_reason() -> None:
    """A new table: tell it in TOLD, or say in UNTOLD why it holds nothing about a person."""
    there = set(Base.metadata.tables)
    assert sorted(there - TOLD.keys() - UNTOLD.keys()) == []
    assert TOLD.keys() & UNTOLD.keys() == set()
    assert TOLD.keys() - there == set()
    assert all(len(why) > 20 for why in UNTOLD.values())


def test_whoever_points_at_a_person_is_told() -> None:
    """The negative control of the list above: no table with a person or an account in it may hide in UNTOLD."""
    pointing = {
        name
        for name, table in Base.metadata.tables.items()
        if {"person_id", "account_id", "enrolment_id", "attempt_id"} & set(table.columns.keys())
    }
    assert pointing - TOLD.keys() == set()
    assert len(pointing) > 10


def columns_of(name: str) -> set[str]:
    return {column.name for column in Base.metadata.tables[name].columns}


def test_no_column_is_left_out_without_a_reason() -> None:
    for name, told in TOLD.items():
        columns = columns_of(name)
        assert told.without.keys() <= columns, name
        assert all(len(why) > 20 for why in told.without.values()), name
    hashes = {f"{n}.{c}" for n in TOLD for c in columns_of(n) if c.endswith("_hash")}
    assert hashes == {f"{n}.{c}" for n, told in TOLD.items() for c in told.without if c.endswith("_hash")}


@pytest.mark.both
def test_all_that_is_mine_and_nothing_of_others(app: Flask, world: World) -> None:
    told, page = fetch(app, world)
    assert [name for name, rows in told["tables"].items() if not rows] == []
    assert {row["id"] for row in told["tables"]["person"]} == {world.me.person_id, world.old_entry}
    everything = json.dumps(told, ensure_ascii=False) + page
    assert OTHER not in everything and OTHER_PHONE not in everything
    for name, rows in told["tables"].items():
        theirs = {"person_id": world.other.person_id, "account_id": world.other.account_id}
        assert not any(row.get(column) == one for row in rows for column, one in theirs.items()), name
    assert told["tables"]["api_token"][0]["created_by"] == "office"
    assert len(told["tables"]["attempt_step"]) == len(told["tables"]["item_result"]) > 0
    assert (told["tables"]["assignment"][0]["role"], told["tables"]["assignment"][0]["unit"]) == named()
    assert "Huỳnh Thị Út" in page and told["tables"]["certificate"][0]["code"] in page
    assert PIN not in everything and hashing.hash_secret("0")[:10] not in everything


@pytest.mark.both
def test_who_did_what_stands_in_it_and_the_export_itself(app: Flask, world: World) -> None:
    act_as(SYSTEM)
    with db.write():
        record("record.shown", f"attempt:{_attempt(world)}", fits=True)
        record("record.shown", "attempt:999999", fits=True)
    told, _page = fetch(app, world)
    entries = [(one["action"], one["who"]) for one in told["done_to_my_data"]]
    assert ("record.shown", "system") in entries
    assert entries[-1] == ("data.exported", "me")
    assert not any(one["subject"] == "attempt:999999" for one in told["done_to_my_data"])
    assert all(set(one) == {"seq", "at", "who", "action"} for one in told["done_by_me"])


def test_without_the_pin_there_is_no_file(app: Flask, world: World) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    visitor = Visitor(app, world.me.account_id)
    assert visitor.get("/tai-khoan/du-lieu").status == 200
    for wrong in ({}, {"current_pin": "111222"}):
        answer = visitor.post("/tai-khoan/du-lieu", wrong)
        assert answer.status == 422 and "PIN" in answer.main
    query = "SELECT count(*) FROM audit_entry WHERE action = 'data.exported'"
    assert db.session.connection().exec_driver_sql(query).scalar() == 0


def test_somebody_of_the_office_without_an_entry_in_the_register(app: Flask, make: Make) -> None:
    account = make.account("Cán Bộ Mẫu", capability="manager", unit=HERE, pin_hash=hashing.hash_secret(PIN))
    app.config["WTF_CSRF_ENABLED"] = False
    answer = Visitor(app, account).post("/tai-khoan/du-lieu", {"current_pin": PIN}).answer
    told, _page = unpacked(answer.get_data())
    assert [row["name"] for row in told["tables"]["account"]] == ["Cán Bộ Mẫu"]
    assert told["tables"]["person"] == []
    assert "Can" not in answer.headers["Content-Disposition"]


def test_the_operator_writes_the_same_for_a_person(app: Flask, world: World, tmp_path: Path) -> None:
    told, _page = fetch(app, world)
    target = tmp_path / "data.zip"
    run = app.test_cli_runner().invoke
    done = run(args=["people", "data", str(world.me.person_id), "-o", str(target)])
    assert done.exit_code == 0, done.output
    assert target.stat().st_mode & 0o777 == 0o600
    written, _page = unpacked(target.read_bytes())
    assert written["tables"] == told["tables"]
    assert run(args=["people", "data", str(world.me.person_id), "-o", str(target)]).exit_code == 2
    assert run(args=["people", "data", "424242", "-o", str(tmp_path / "b.zip")]).exit_code == 1


def _attempt(world: World) -> int:
    found = db.session.connection().exec_driver_sql(f"SELECT id FROM attempt WHERE person_id = {world.me.person_id}")
    return int(found.scalar_one())
