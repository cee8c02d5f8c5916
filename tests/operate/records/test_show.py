"""`lms record show`: every id leads there, both renderings say the same, each look is recorded, losses are said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.audit.models import AuditDetail, AuditEntry
from lms.certificates.models import Certificate
from lms.db import at_time, db
from lms.operate.records.earlier import CHANGES
from lms.people.operations.persons import PersonFacts, correct_person
from lms.people.scope import unscoped
from lms.quizzes.attempts import save_answer
from lms.quizzes.models import Submission
from lms.storage.files import storage
from tests.factories import Make
from tests.operate.records.conftest import Show
from tests.operate.records.rows import row_of
from tests.operate.records.story import CHANGED, LIVED, Life, Story, ids_of
from tests.quizzes.learners import acting, items, right

PDF = b"%PDF-1.7 the file as it was issued"


@pytest.fixture
def passed(story: Story) -> Life:
    story.live(1)
    return story.lives[0]


def rename(life: Life) -> None:
    act_as(SYSTEM)
    with at_time(CHANGED), db.write():
        correct_person(life.person_id, PersonFacts("Tên Mới Hẳn"))


def leaves(value: Any) -> list[Any]:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return [value] if inside is None else [leaf for one in inside for leaf in leaves(one)]


@pytest.mark.both
def test_every_id_leads_to_the_same_record(passed: Life, show: Show) -> None:
    sent = db.session.scalars(select(Submission).order_by(Submission.id)).first()
    assert sent is not None
    paper = row_of("certificate", person_id=passed.person_id)
    shown_code = "-".join(paper["code"][at : at + 4] for at in range(0, 16, 4)).lower()
    asked = [*ids_of(passed), passed.ticket.upper(), shown_code, f"certificate:{paper['id']}"]
    asked += [sent.client_id, sent.receipt, sent.receipt.lower(), f"submission:{sent.id}"]
    answers = [show(one).json for one in asked]
    assert len(asked) > 9
    assert {told["achievement"]["achievement_id"] for told in answers} == {paper["achievement_id"]}
    assert {told["attempt"]["ticket"] for told in answers} == {passed.ticket}


NOBODYS = "0f0e0d0c-0b0a-4908-8706-050403020100"


@pytest.mark.parametrize("asked", ["", "0", "999", "attempt:0", "person:1", NOBODYS, "7K4P-22MX", "1/1999"])
def test_an_id_of_nothing_is_refused_and_leaves_no_entry(passed: Life, show: Show, asked: str) -> None:
    shown = show(asked)
    assert (shown.exit_code, shown.out) == (1, "")
    assert shown.err == f"lms: nothing here has the id {asked!r}\n"
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "record.shown")).all() == []


def test_text_and_json_say_the_same(passed: Life, show: Show) -> None:
    told = show(passed.ticket).json
    said = show(passed.ticket, "--").out
    assert said.startswith("Everything fits together.\n")
    lines = said.replace('\\"', '"')
    for leaf in leaves(told):
        if isinstance(leaf, str) and leaf not in (passed.ticket, "\n"):
            assert leaf in lines, leaf
    assert said.count("question version id:") == 10 and "Traceback" not in said


@pytest.mark.both
def test_each_look_is_an_entry_that_the_next_look_shows(passed: Life, show: Show) -> None:
    first, second = show(passed.ticket).json, show(passed.ticket).json
    looks = [entry for entry in second["entries"] if entry["action"] == "record.shown"]
    assert [entry["action"] for entry in first["entries"]].count("record.shown") == 0
    assert [(look["subject"], look["who"]["actor"], look["details"]) for look in looks] == [
        (f"achievement:{first['achievement']['achievement_id']}", "lms", {"fits": True})
    ]


@pytest.mark.both
def test_an_open_attempt_tells_what_was_answered_so_far(story: Story, show: Show) -> None:
    story.live(4)
    life = story.lives[3]
    assert life.kind == "open" and life.learner is not None
    with at_time(LIVED + timedelta(minutes=5)), acting(life.learner) as viewer:
        save_answer(viewer, life.ticket, 2, right(items(life.ticket)[1]))
    told = show(life.ticket).json
    assert (told["fits"], told["achievement"], told["certificates"], told["submissions"]) == (True, None, [], [])
    assert [item["place"] for item in told["attempt"]["items"] if item["answer"]] == [2]
    assert [item["right_again"] for item in told["attempt"]["items"]].count(True) == 1
    assert told["attempt"]["score_equal"] is None


@pytest.mark.both
def test_a_name_whose_change_retention_deleted_is_the_one_the_learner_confirmed(passed: Life, show: Show) -> None:
    rename(passed)
    with db.write() as session:
        changes = select(AuditEntry.seq).where(AuditEntry.action.in_(CHANGES))
        assert session.execute(delete(AuditDetail).where(AuditDetail.seq.in_(changes))).rowcount == 1  # type: ignore[attr-defined]
    told = show(passed.ticket).json
    assert (told["holder"]["name_then"], told["holder"]["name_now"]) == (passed.name, "Tên Mới Hẳn")
    assert told["fits"] is True
    assert [entry["details"] for entry in told["entries"] if entry["action"] == "person.corrected"] == [None]


def test_nobody_knows_a_name_that_was_neither_kept_nor_confirmed(story: Story, show: Show) -> None:
    story.live(7)
    life = story.lives[6]
    assert life.kind == "outside"
    rename(life)
    with db.write() as session:
        session.execute(delete(AuditDetail))
    told = show(ids_of(life)[0]).json
    assert (told["holder"]["name_then"], told["holder"]["birth_then"]) == (None, None)


@pytest.mark.parametrize("kept", [True, False])
def test_the_file_of_a_certificate_is_compared(passed: Life, show: Show, kept: bool) -> None:
    stored = storage().save("certificates", PDF, ".pdf")
    with db.write() as session:
        paper = session.scalars(unscoped(select(Certificate), "test")).one()
        paper.pdf_key, paper.pdf_sha256, paper.pdf_size = stored.key, stored.sha256, stored.size
    if not kept:
        storage().remove(stored.key)
    shown = show(passed.ticket)
    file = shown.json["certificates"][0]
    assert (file["file_sha256"], file["file_sha256_again"]) == (stored.sha256, stored.sha256 if kept else "")
    assert ("the file of certificate" in shown.err, shown.exit_code) == (not kept, int(not kept))


def test_a_phone_number_is_masked(story: Story, show: Show, make: Make, app: Flask) -> None:
    story.live(1)
    told = show(story.lives[0].ticket)
    phone = row_of("person", id=story.lives[0].person_id)["phone"]
    assert phone is not None and phone[3:] not in told.out.replace(" ", "")
    assert told.json["holder"]["phone"] != ""
