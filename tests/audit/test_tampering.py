"""200 changes behind the back of the triggers, and one that changes nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from lms.audit import checkpoints, queries, tasks
from lms.audit.checkpoints import Checkpoint
from lms.audit.models import AuditDetail, AuditEntry, AuditHead
from lms.db import db
from tests.audit.chains import drop_triggers, grow, rebuild
from tests.databases import SECRET

pytestmark = pytest.mark.both
ENTRIES, MUTATIONS = 60, 200
Mutation = Callable[[Connection, random.Random], str]
TEXTS = ("actor", "action", "subject", "details_sha256", "prev_hash", "hash")


def any_seq(rng: random.Random) -> int:
    return rng.randint(1, ENTRIES)


def one_letter(connection: Connection, rng: random.Random, column: str) -> str:
    """One character of one column of one entry becomes another."""
    seq = any_seq(rng)
    stored = connection.scalar(text(f"SELECT {column} FROM audit_entry WHERE seq = {seq}"))
    place = rng.randrange(len(stored))
    other = rng.choice([letter for letter in "0123456789abcdef" if letter != stored[place]])
    changed = stored[:place] + other + stored[place + 1 :]
    connection.execute(text(f"UPDATE audit_entry SET {column} = :changed WHERE seq = {seq}"), {"changed": changed})
    return f"{column} of {seq}"


def instant(connection: Connection, rng: random.Random) -> str:
    seq = any_seq(rng)
    day = f"20{rng.randint(10, 24)}-0{rng.randint(1, 9)}-1{rng.randint(0, 9)} 08:00:00.000000"
    connection.execute(text(f"UPDATE audit_entry SET at = '{day}' WHERE seq = {seq}"))
    return f"at of {seq}"


def names_of_fields(connection: Connection, rng: random.Random) -> str:
    seq = any_seq(rng)
    connection.execute(text(f"UPDATE audit_entry SET fields = '[\"f{rng.randrange(99)}\"]' WHERE seq = {seq}"))
    return f"fields of {seq}"


def details(connection: Connection, rng: random.Random) -> str:
    seq = any_seq(rng)
    other = f'{{"after": {{"code": "Y{rng.randrange(999)}"}}}}'
    connection.execute(text(f"UPDATE audit_detail SET details = :other WHERE seq = {seq}"), {"other": other})
    return f"details of {seq}"


def details_moved(connection: Connection, rng: random.Random) -> str:
    """The details of one entry under the number of another, whose own are gone."""
    one, other = rng.sample(range(1, ENTRIES + 1), 2)
    connection.execute(text(f"DELETE FROM audit_detail WHERE seq = {other}"))
    connection.execute(text(f"UPDATE audit_detail SET seq = {other} WHERE seq = {one}"))
    return f"details of {one} under {other}"


def renumbered(connection: Connection, rng: random.Random) -> str:
    """An entry leaves its place for one behind the end."""
    seq, far = any_seq(rng), ENTRIES + rng.randint(1, 99)
    connection.execute(text(f"DELETE FROM audit_detail WHERE seq = {seq}"))
    connection.execute(text(f"UPDATE audit_entry SET seq = {far} WHERE seq = {seq}"))
    return f"{seq} as {far}"


def deletion(connection: Connection, rng: random.Random) -> str:
    seq = any_seq(rng)
    connection.execute(text(f"DELETE FROM audit_detail WHERE seq = {seq}"))
    connection.execute(text(f"DELETE FROM audit_entry WHERE seq = {seq}"))
    return f"deletion of {seq}"


def swap_places(connection: Connection, rng: random.Random) -> str:
    """Two entries change places; their details go along."""
    one, other = rng.sample(range(1, ENTRIES + 1), 2)
    connection.execute(text("DELETE FROM audit_detail"))
    for before, after in ((one, 0), (other, one), (0, other)):
        connection.execute(text(f"UPDATE audit_entry SET seq = {after} WHERE seq = {before}"))
    return f"swap of {one} and {other}"


def swap_details(connection: Connection, rng: random.Random) -> str:
    one, other = rng.sample(range(1, ENTRIES + 1), 2)
    both = {seq: connection.scalar(text(f"SELECT details FROM audit_detail WHERE seq = {seq}")) for seq in (one, other)}
    if connection.dialect.name == "postgresql":
        move = "UPDATE audit_detail SET details = (SELECT details FROM audit_detail WHERE seq = {1}) WHERE seq = {0}"
        connection.execute(text(move.format(one, other)))
    else:
        connection.execute(text(f"UPDATE audit_detail SET details = :d WHERE seq = {one}"), {"d": both[other]})
    return f"details of {other} for {one}"


def insertion(connection: Connection, rng: random.Random) -> str:
    """A forged entry at the end, right in itself, that the head does not know."""
    copied = "at, actor, action, :subject, fields, details_sha256, hash, :hash"
    columns = "seq, at, actor, action, subject, fields, details_sha256, prev_hash, hash"
    connection.execute(
        text(f"INSERT INTO audit_entry ({columns}) SELECT seq + 1, {copied} FROM audit_entry WHERE seq = {ENTRIES}"),
        {"subject": f"role:{rng.randrange(999)}", "hash": f"{rng.getrandbits(256):064x}"},
    )
    if rng.random() < 0.5:
        rebuild(connection)
        connection.execute(text(f"UPDATE audit_head SET seq = {ENTRIES}"))
    return "insertion"


def head_seq(connection: Connection, rng: random.Random) -> str:
    change = rng.choice([f"UPDATE audit_head SET seq = {rng.randrange(ENTRIES)}", "DELETE FROM audit_head"])
    connection.execute(text(change))
    return change


def head_hash(connection: Connection, rng: random.Random) -> str:
    connection.execute(text(f"UPDATE audit_head SET hash = '{rng.getrandbits(256):064x}'"))
    return "hash of the head"


def head_id(connection: Connection, rng: random.Random) -> str:
    """The head under another number, or another head beside it."""
    without_checks(connection)
    number = rng.randint(2, 99)
    another = f"INSERT INTO audit_head (id, seq, hash) SELECT {number}, seq - 1, hash FROM audit_head"
    change = rng.choice([f"UPDATE audit_head SET id = {number}", another])
    connection.execute(text(change))
    return change


def without_checks(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE audit_head DROP CONSTRAINT ck_audit_head_one_head"))
    else:
        connection.execute(text("PRAGMA ignore_check_constraints = ON"))


def cut_tail(connection: Connection, rng: random.Random) -> str:
    """The last entries go, and the head is told so: whole in itself."""
    left = rng.randrange(ENTRIES)
    connection.execute(text(f"DELETE FROM audit_detail WHERE seq > {left}"))
    connection.execute(text(f"DELETE FROM audit_entry WHERE seq > {left}"))
    rebuild(connection)
    assert queries.verify().faults == ()
    return f"cut after {left}"


def made_anew(connection: Connection, rng: random.Random) -> str:
    """One entry says another thing, and all hashes and the head are computed again: whole in itself."""
    seq = any_seq(rng)
    connection.execute(text(f"UPDATE audit_entry SET subject = 'role:{rng.randint(1000, 9999)}' WHERE seq = {seq}"))
    rebuild(connection)
    assert queries.verify().faults == ()
    return f"made anew from {seq}"


ENTRY = {f"audit_entry.{column}" for column in (*TEXTS, "seq", "at", "fields")}
KINDS: list[tuple[Mutation, set[str]]] = [
    *((partial(one_letter, column=column), {f"audit_entry.{column}"}) for column in TEXTS),
    (instant, {"audit_entry.at"}),
    (names_of_fields, {"audit_entry.fields"}),
    (renumbered, {"audit_entry.seq"}),
    (details, {"audit_detail.details"}),
    (swap_details, {"audit_detail.details"}),
    (details_moved, {"audit_detail.seq"}),
    (deletion, ENTRY),
    (swap_places, {"audit_entry.seq"}),
    (insertion, ENTRY),
    (head_seq, {"audit_head.seq"}),
    (head_hash, {"audit_head.hash"}),
    (head_id, {"audit_head.id"}),
    (cut_tail, ENTRY | {"audit_head.seq", "audit_head.hash"}),
    (made_anew, ENTRY - {"audit_entry.seq"} | {"audit_head.hash"}),
]
"""How somebody tampers, and which columns that is an attack on."""


@pytest.fixture
def checkpoint(app: Flask) -> Checkpoint:
    grow(ENTRIES)
    with db.write() as session:
        drop_triggers(session.connection())
    return checkpoints.read(tasks.make(), SECRET)


def found_after(mutate: Mutation, rng: random.Random, checkpoint: Checkpoint) -> tuple[str, tuple[str, ...]]:
    """What was done and what `verify` says; then everything is as before."""
    with pytest.raises(ZeroDivisionError), db.write() as session:
        what = mutate(session.connection(), rng)
        faults = queries.verify([checkpoint]).faults
        raise ZeroDivisionError
    return what, faults


@pytest.mark.attack("S58")
def test_two_hundred_changes_are_found(app: Flask, checkpoint: Checkpoint) -> None:
    rng = random.Random(20261124)
    assert queries.verify([checkpoint]) == queries.ChainCheck(ENTRIES, ())
    kinds = [KINDS[number % len(KINDS)][0] for number in range(MUTATIONS)]
    done = [found_after(mutate, rng, checkpoint) for mutate in kinds]
    assert [what for what, faults in done if not faults] == []
    assert len(done) == MUTATIONS
    assert queries.verify([checkpoint]) == queries.ChainCheck(ENTRIES, ())


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entry SET at = 'hôm qua' WHERE seq = 7",
        "UPDATE audit_entry SET fields = '{' WHERE seq = 7",
        "UPDATE audit_detail SET details = 'không' WHERE seq = 7",
        "UPDATE audit_entry SET actor = x'ff00' WHERE seq = 7",
        "UPDATE audit_entry SET actor = CAST(x'ff' AS TEXT) WHERE seq = 7",
        "UPDATE audit_detail SET details = CAST(x'ff' AS TEXT) WHERE seq = 7",
    ],
)
def test_what_cannot_be_read_is_a_fault_and_no_crash(
    app: Flask, checkpoint: Checkpoint, engine: str, change: str
) -> None:
    if engine == "postgresql":
        return  # its columns refuse such values
    with db.write() as session:
        session.execute(text(change))
    faults = queries.verify().faults
    assert faults and "cannot be read" in faults[0]


def test_every_column_of_the_record_is_attacked(app: Flask) -> None:
    """Alone, not only together with others; a column that is added must be added above."""
    tables = (AuditEntry.__table__, AuditHead.__table__, AuditDetail.__table__)
    columns = {f"{table.name}.{column.name}" for table in tables for column in table.columns}
    assert {column for _mutate, touched in KINDS if len(touched) == 1 for column in touched} == columns
    assert len(KINDS) * 2 <= MUTATIONS


def test_without_a_checkpoint_a_cut_and_a_chain_made_anew_are_not_found(app: Flask, checkpoint: Checkpoint) -> None:
    """The control, and why one is kept elsewhere: these two are whole in themselves."""
    for mutate in (cut_tail, made_anew):
        with pytest.raises(ZeroDivisionError), db.write() as session:
            mutate(session.connection(), random.Random(7))
            alone, held_against = queries.verify().faults, queries.verify([checkpoint]).faults
            raise ZeroDivisionError
        assert alone == () and held_against != ()


def test_without_a_head_nothing_crashes(app: Flask, checkpoint: Checkpoint) -> None:
    with db.write() as session:
        session.execute(text("DELETE FROM audit_head"))
    assert queries.verify().faults == ("the head of the chain is missing",)
