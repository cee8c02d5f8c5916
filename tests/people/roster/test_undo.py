"""Undoing an import as a whole: the register is as before, and what others built on it stays and is named."""

from __future__ import annotations

import itertools
import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.accounts.models import Account
from lms.audit import queries as audit
from lms.certificates.models import Achievement
from lms.coverage.answers import answer, as_json, question
from lms.db import at_time, db, utc_now
from lms.people.models import Person, RosterImport
from lms.people.operations import add_post, correct_person, end_post, merge
from lms.people.operations.persons import PersonFacts
from lms.people.roster.deciding import decide
from lms.people.roster.staging import rows_of
from lms.people.roster.undoing import Undone, people_with_proof, undo
from lms.people.scope import unscoped
from lms.web.refusals import Refusal
from tests.factories import Make
from tests.people.conftest import ELSEWHERE, HAMLETS, manager, register
from tests.people.lists import Cells, confirmed, entered, person, staged, the_row

LATER = date(2026, 4, 1)
A, B = "0912 345 678", "0987 654 321"


def undone(import_id: int, *, keep_people: bool = False) -> Undone:
    with db.write():
        return undo(import_id, keep_people=keep_people)


def id_of(name: str) -> int:
    statement = select(Person.id).where(Person.full_name == name, Person.superseded_at.is_(None))
    found = db.session.scalars(unscoped(statement, "test")).one()
    db.session.rollback()
    return found


def proves(person_id: int) -> None:
    with db.write() as session:
        session.add(
            Achievement(
                person_id=person_id,
                kind="online",
                course_code="K1",
                title="Kiến thức chung",
                completed_on=date(2026, 3, 9),
                tiet=Decimal(8),
                source=f"attempt:{person_id}",
                recorded_by="test",
            )
        )


def codes(done: Undone) -> list[list[str]]:
    return [[reason.code for reason in kept.reasons] for kept in done.kept]


@pytest.mark.both
def test_people_and_posts_go_and_facts_return(ward: int) -> None:
    entered(ward, person(phone=A))
    before = register()
    listed = [person(phone=A, role="HGV"), person("Lê Thị An"), person("Nguyễn Thị Hòa", phone=f"{A} / {B}")]
    import_id = entered(ward, *listed, day=LATER)
    assert register() != before
    done = undone(import_id)
    assert (done.people, done.kept) == (1, ()) and register() == before
    assert audit.verify().faults == ()


@pytest.mark.both
def test_the_same_file_can_be_sent_again_afterwards(ward: int) -> None:
    first = entered(ward, person())
    after = register()
    undone(first)
    assert register() == []
    second = entered(ward, person())
    assert second != first and register() == after
    with pytest.raises(Refusal, match="đã hoàn tác rồi"):
        undone(first)


@pytest.mark.both
def test_people_with_achievements_stop_it_and_can_be_kept(ward: int) -> None:
    import_id = entered(ward, person(), person("Lê Thị An"))
    proves(id_of("Lê Thị An"))
    before = register()
    with pytest.raises(Refusal, match="1 người .*Lê Thị An"):
        undone(import_id)
    assert register() == before
    done = undone(import_id, keep_people=True)
    assert codes(done) == [["has_proof"]] and [held.name for held in register()] == ["Lê Thị An"]


@pytest.mark.both
def test_a_post_made_exact_becomes_the_wards_again(ward: int) -> None:
    entered(ward, person(place="", birth="05/06/1968", phone=A))
    before = register()
    import_id = entered(ward, person(birth="05/06/1968", phone=A), day=LATER)
    assert register() != before and len(register()) == 1
    undone(import_id)
    assert register() == before


def test_what_was_changed_since_stays_and_is_named(ward: int) -> None:
    entered(ward, person(phone=A))
    import_id = entered(ward, person(phone=A, role="HGV"), person("Lê Thị An"), day=LATER)
    hoa = id_of("Nguyễn Thị Hòa")
    with db.write():
        correct_person(hoa, PersonFacts("Nguyễn Thị Hòa", phone="+84987654321"))
        end_post(the_row(import_id).effect["posts"][0], date(2026, 5, 1))
    done = undone(import_id)
    assert codes(done) == [["post_changed"]]
    assert [held.role for held in register()] == ["CTV_DS", "HGV"]


def test_a_fact_corrected_since_is_not_turned_back(ward: int) -> None:
    entered(ward, person())
    import_id = entered(ward, person(birth="05/06/1968", phone=A), day=LATER)
    hoa = id_of("Nguyễn Thị Hòa")
    with db.write():
        correct_person(hoa, PersonFacts("Nguyễn Thị Hòa", phone="+84987654321"))
    done = undone(import_id)
    assert codes(done) == [["changed_since", "changed_since"]]
    assert register()[0].phones == ("+84987654321", None)


def test_who_has_an_account_stays_with_the_post(ward: int) -> None:
    import_id = entered(ward, person(), person("Lê Thị An"))
    an = id_of("Lê Thị An")
    with db.write() as session:
        session.add(Account(person_id=an, name="Lê Thị An"))
    done = undone(import_id)
    assert codes(done) == [["referred_to"]] and [held.name for held in register()] == ["Lê Thị An"]


def test_what_another_list_vouches_for_stays(ward: int) -> None:
    entered(ward, person(phone=A), person("Lê Thị An"))
    first = entered(ward, person(phone=A, role="HGV"), person("Lê Thị Mới"), day=LATER)
    entered(ward, person(phone=A, role="HGV"), person("Lê Thị Mới"), day=date(2026, 5, 1))
    before = register()
    done = undone(first)
    assert sorted(codes(done)) == [["post_listed_elsewhere"], ["referred_to"]] and register() == before


def test_somebody_merged_or_given_a_post_since_stays(ward: int) -> None:
    entered(ward, person(phone=A))
    import_id = entered(ward, person("Nguyễn Thị Hoa", 1950, phone=B), person("Lê Thị An"), day=LATER)
    hoa, other_hoa, an = map(id_of, ("Nguyễn Thị Hòa", "Nguyễn Thị Hoa", "Lê Thị An"))
    with db.write():
        merge(other_hoa, hoa)
        add_post(an, "HGV", ward, LATER)
    assert codes(undone(import_id)) == [["referred_to"], ["referred_to"]]
    assert len(register()) == 4


def test_only_a_confirmed_list_can_be_undone_and_only_by_its_own_manager(make: Make, ward: int) -> None:
    import_id = staged(ward, person())
    with pytest.raises(Refusal, match="chưa được ghi"):
        undone(import_id)
    confirmed(import_id)
    act_as(manager(make, ELSEWHERE))
    with pytest.raises(NotFound):
        undone(import_id)


def test_looking_at_who_has_proof_needs_no_undoing(ward: int) -> None:
    import_id = entered(ward, person())
    roster = db.session.get_one(RosterImport, import_id)
    assert people_with_proof(roster) == []
    proves(id_of("Nguyễn Thị Hòa"))
    assert [kept.full_name for kept in people_with_proof(roster)] == ["Nguyễn Thị Hòa"]


# ── any list at all, answered in any way ────────────────────────────────────────────────────────────────────────────

_rows = st.builds(
    person,
    name=st.sampled_from(
        ["Nguyễn Thị Hòa", "NGUYỄN THỊ HOÀ", "Nguyễn Thị Hoa", "Lý Văn Út", "Lí Văn Út", "Kim Sa Rinh"]
    ),
    birth=st.sampled_from(["", 1968, 1969, "05/06/1968", "31/02/1980"]),
    place=st.sampled_from(["", *HAMLETS, "Khóm 99"]),
    role=st.sampled_from(["CTV DS", "HGV", "Tổ trưởng tổ hòa giải", "CTV DS + HGV"]),
    phone=st.sampled_from(["", A, B, f"{A} / {B}", "9,12E+08"]),
    sex=st.sampled_from(["Nữ", ""]),
)
_days = st.sampled_from([date(2026, 2, 1), date(2026, 3, 1), LATER])


_titles = itertools.count()


def _asked_of(import_id: int, row_id: int) -> list[dict[str, Any]]:
    return next(row.questions for row in rows_of(import_id) if row.id == row_id)


def _answer_all(import_id: int, chance: random.Random) -> None:
    """Any answer to any question, as long as it is still asked: an answer may take others away."""
    for row in rows_of(import_id):
        for kind in [one["kind"] for one in row.questions]:
            asked = next((one for one in _asked_of(import_id, row.id) if one["kind"] == kind), None)
            if asked:
                answer = chance.choice([*(option for option, _values in asked["options"]), "later"])
                with db.write():
                    decide(import_id, {row.id: {kind: answer}})


def _undo_everything() -> None:
    for import_id in db.session.scalars(select(RosterImport.id).where(RosterImport.state == "confirmed")).all()[::-1]:
        undone(import_id)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_rows, min_size=1, max_size=5), _days, st.lists(_rows, min_size=1, max_size=6), _days, st.integers())
def test_import_then_undo_leaves_the_register_as_before(
    ward: int, known: list[Cells], first_day: date, listed: list[Cells], day: date, seed: int
) -> None:
    _undo_everything()
    base = staged(ward, *known, day=first_day, title=f"Danh sách {next(_titles)}")
    confirmed(base)
    before = register()
    import_id = staged(ward, *listed, day=day, title=f"Danh sách {next(_titles)}")
    assert register() == before
    _answer_all(import_id, random.Random(seed))
    confirmed(import_id)
    entered_once = register()
    assert confirmed(import_id).applied.rows == 0 and register() == entered_once
    assert undone(import_id).kept == () and register() == before
    assert undone(base).kept == () and register() == []


@pytest.mark.both
def test_what_a_later_list_held_back_goes_once_that_list_is_undone_too(ward: int) -> None:
    """Two months of one list, undone in the order they came."""
    before = register()
    march, april = entered(ward, person(phone=A), person("Lê Thị An")), entered(ward, person(phone=A), day=LATER)
    first = undone(march)
    assert first.people == 1 and codes(first) == [["referred_to"]]
    undone(april)
    again = undone(march)
    assert (again.people, again.posts, again.kept) == (1, 1, ()) and register() == before
    with pytest.raises(Refusal, match="đã hoàn tác rồi"):
        undone(march)


def test_a_second_undo_blames_nobody_for_what_the_first_one_did(ward: int) -> None:
    entered(ward, person(phone=A))
    march = entered(ward, person(phone=A, role="HGV"), person("Nguyễn Thị Hòa", phone=A, role="TTV"), day=LATER)
    april = entered(ward, person(phone=A, role="TTV"), day=date(2026, 5, 1))
    assert codes(undone(march)) == [["post_listed_elsewhere"]]
    undone(april)
    assert undone(march).kept == ()


def figure_as_known(moment: datetime) -> list[tuple[Any, int]]:
    asked = question(on=date(2026, 6, 1), known_on=moment)
    return [(row["hamlet"], row["counted"]) for row in as_json(answer(SYSTEM, asked, by=("hamlet",)))["rows"]]


def test_what_was_known_between_the_list_and_its_undoing_stays_known(ward: int) -> None:
    start = utc_now()
    with at_time(start):
        entered(ward, person(place="", birth="05/06/1968", phone=A))
    with at_time(start + timedelta(minutes=1)):
        import_id = entered(ward, person(birth="05/06/1968", phone=A), day=LATER)
    between = start + timedelta(minutes=2)
    known = figure_as_known(between)
    with at_time(start + timedelta(minutes=3)):
        undone(import_id)
    assert figure_as_known(between) == known
    assert [held.unit_id for held in register()] == [ward]


def test_a_post_that_came_back_goes_with_its_own_list_and_can_be_refined_again(ward: int) -> None:
    first = entered(ward, person(place="", birth="05/06/1968", phone=A))
    for _ in range(2):
        again = entered(ward, person(birth="05/06/1968", phone=A), day=LATER)
        assert undone(again).posts == 1
        assert [held.unit_id for held in register()] == [ward]
    assert not undone(first).kept
    assert register() == []


def test_a_post_given_again_by_hand_is_kept_and_named(ward: int) -> None:
    entered(ward, person(place="", birth="05/06/1968", phone=A))
    import_id = entered(ward, person(birth="05/06/1968", phone=A), day=LATER)
    with db.write():
        add_post(id_of("Nguyễn Thị Hòa"), "CTV_DS", ward, date(2026, 5, 1))
    done = undone(import_id)
    assert [reason.code for one in done.kept for reason in one.reasons] == ["post_given_again"]
    assert [held.unit_id for held in register()] == [ward]
