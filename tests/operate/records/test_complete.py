"""R1: whatever happened since, a record tells all of its day; 40 random ones on each engine, 1,000 with LMS_LONG=1."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from lms.audit import queries
from lms.db import db
from tests.long import LONG
from tests.operate.records.conftest import Show
from tests.operate.records.rows import COLUMNS, columns_of, row_of, untold
from tests.operate.records.story import CLAIMED, KINDS, Life, Story, ids_of

RECORDS = 1000 if LONG else 40
MERGED = {"Phường Hòa Thuận": "Phường Nguyệt Hóa"}
Told = dict[str, Any]


@pytest.mark.both
@pytest.mark.timeout(3600)
def test_random_records_are_complete_after_everything_changed(story: Story, show: Show) -> None:
    story.live(RECORDS)
    story.change()
    rng = random.Random(RECORDS)
    seen: Counter[str] = Counter()
    for life in story.lives:
        shown = show(rng.choice(ids_of(life)))
        assert (shown.exit_code, shown.err) == (0, ""), (life, shown.err)
        told = shown.json
        assert told["fits"] is True and told["faults"] == []
        _the_person_then(told, life)
        _what_was_proved(told, life)
        _what_was_done(told, life)
        _every_column(told)
        _what_happened_since(told, life)
        seen.update([life.kind, *life.since])
    assert set(seen) >= {*KINDS, "person.corrected", "post.ended", "post.corrected", "person.merged", "person.unmerged"}
    assert set(seen) >= {"certificate.replaced", "certificate.revoked"}
    assert queries.verify().faults == ()


@pytest.mark.parametrize("table", COLUMNS)
def test_every_column_is_told_or_named_as_left_out(table: str) -> None:
    assert columns_of(table) == set(COLUMNS[table])


def _the_person_then(told: Told, life: Life) -> None:
    holder = told["holder"]
    assert (holder["person_id"], holder["name_then"], holder["birth_then"]) == (life.person_id, life.name, life.birth)
    then = [post for post in holder["posts"] if post["known_then"]]
    assert [(post["role_code"], post["place"], post["assignment_id"]) for post in then] == [
        (life.role, life.place, life.post_id)
    ]
    ward = life.place["ward"]
    assert then[0]["place_now"] == f"{life.place['hamlet']}, {MERGED.get(ward, ward)}"
    assert holder["name_now"] == row_of("person", id=holder["person_id_now"])["full_name"]


def _what_was_proved(told: Told, life: Life) -> None:
    fact, papers = told["achievement"], told["certificates"]
    assert (fact is not None) is life.achieved
    if fact is None:
        return
    assert fact["person_id"] == life.person_id and fact["kind"] == (life.kind if life.learner is None else "online")
    assert (fact["verified_at"] is None) is (life.kind == "outside")
    assert fact["valid_until"] == "2027-05-10"
    assert fact["recorded_by"]["name"] == (life.name if life.learner else fact["recorded_by"]["name"]) != ""
    printed = life.passed and life.kind != "unnamed"
    assert len(papers) == bool(printed) + life.since.count("certificate.replaced")
    if papers:
        assert papers[0]["printed"]["holder_name"] == life.name
        assert [paper["state"] == "replaced" for paper in papers] == [True] * (len(papers) - 1) + [False]
        assert [paper["replaced_by"] for paper in papers[:-1]] == [paper["serial"] for paper in papers[1:]]
        assert [paper["replaces"] for paper in papers[1:]] == [paper["serial"] for paper in papers[:-1]]
        assert (papers[-1]["state"] == "revoked") is ("certificate.revoked" in life.since)


def _what_was_done(told: Told, life: Life) -> None:
    attempt, edition = told["attempt"], told["edition"]
    if life.learner is None:
        assert (attempt, edition, told["submissions"]) == (None, None, [])
        return
    assert edition["edition_id"] == life.edition_id and edition["content_hash"] == edition["content_hash_again"]
    assert edition["published_by"] == {"actor": "test", "name": "test"}
    assert {one["action"] for one in edition["contributions"]} >= {"course.imported", "edition.published"}
    assert attempt["rule"]["pass_percent"] == 80 and len(attempt["rule"]["must_be_right"]) == 2
    assert [item["place"] for item in attempt["items"]] == list(range(1, 11))
    assert all(item["sha256"] == item["sha256_again"] and item["right_answer"] for item in attempt["items"])
    assert [sent["state"] for sent in told["submissions"]] == list(life.sent)
    if life.passed is None:
        assert (attempt["score_equal"], attempt["score"]["points"], attempt["closed_at"]) == (None, None, None)
        return
    score = attempt["score"]
    assert (float(score["points"]), score["passed"], attempt["score_equal"]) == (life.points, life.passed, True)
    assert sum(item["right"] for item in attempt["items"]) == life.points
    assert all(item["answer"] for item in attempt["items"]) and len(attempt["steps"]) == 10
    first = told["submissions"][0]
    assert (first["claimed"], first["answers_stand"], first["sender"]["name"]) == (CLAIMED, True, life.name)
    assert attempt["ticket_issued_at"] <= first["received_at"] <= attempt["closed_at"]


def _every_column(told: Told) -> None:
    parts = [("assignment", post, {"id": post["assignment_id"]}) for post in told["holder"]["posts"]]
    parts += [("submission", sent, {"id": sent["submission_id"]}) for sent in told["submissions"]]
    parts += [("certificate", paper, {"id": paper["certificate_id"]}) for paper in told["certificates"]]
    if told["achievement"]:
        parts.append(("achievement", told["achievement"], {"id": told["achievement"]["achievement_id"]}))
    if told["edition"]:
        parts.append(("edition", told["edition"], {"id": told["edition"]["edition_id"]}))
        parts.append(("quiz", told["attempt"]["rule"], {"edition_id": told["edition"]["edition_id"]}))
        parts.append(("attempt", told["attempt"], {"id": told["attempt"]["attempt_id"]}))
    words = told["holder"]["words"]
    parts += [("identity_check", one, {"person_id": one["person_id"]}) for one in words]
    merges = told["holder"]["merges"]
    parts += [("person_merge", one, {"person_id": one["person_id"]}) for one in merges]
    db.session.rollback()
    assert [fault for table, part, wanted in parts for fault in untold(table, row_of(table, **wanted), part)] == []


def _what_happened_since(told: Told, life: Life) -> None:
    told_of = {entry["action"] for entry in told["entries"]}
    assert told_of >= set(life.since), life
    assert all(entry["faults"] == [] and entry["details"] is not None for entry in told["entries"])
    merged = life.since.count("person.merged")
    assert len(told["holder"]["merges"]) == merged
    gone = merged and not life.learner and "person.unmerged" not in life.since
    assert (told["holder"]["person_id_now"] != life.person_id) is bool(gone)
