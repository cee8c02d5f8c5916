"""Who a row is: one person for certain, asked about, or new. domain.md §8.2, cases 20, 22, 23, 24."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.people.roster.proposals import Listed, Option, Question
from tests.people.roster.listed import (
    DAY,
    FAR,
    FIVE,
    FOUR,
    OLD_FOUR,
    WARD,
    known,
    matched,
    one,
    options,
    post,
    row,
)

A, B = "+84912345678", "+84912345112"


def test_nobody_of_that_name_is_new() -> None:
    assert one(row(), known(name="Trần Văn Bình", birth=1950)).outcome == "new"


@pytest.mark.parametrize("written", ["Nguyễn Thị Hoà", "NGUYỄN THỊ HÒA", "Nguyễn Thị Hòa"])
def test_two_spellings_of_one_name_are_one_person(written: str) -> None:
    found = one(row(name=written), known())
    assert (found.outcome, found.person_id, found.changes) == ("same", 1, {})


def test_another_hamlet_of_the_ward_is_asked() -> None:
    assert options(one(row(unit=FIVE), known()), "same_person") == ["person:1", "new"]


def test_same_name_year_and_hamlet_with_another_phone_is_asked_never_merged() -> None:
    found = one(row(phone=A), known(phone=B))
    assert found.outcome == "open" and options(found, "same_person") == ["person:1", "new"]


def test_even_the_whole_date_of_birth_does_not_outweigh_another_phone() -> None:
    assert one(row(birth="1968-05-06", phone=A), known(birth="1968-05-06", phone=B)).outcome == "open"


def test_another_hamlet_but_the_same_phone_is_one_person() -> None:
    found = one(row(unit=FIVE, phone=A), known(phone=A))
    assert (found.person_id, found.outcome) == (1, "update")


def test_the_same_role_in_the_same_place_speaks_for_a_list_without_years() -> None:
    assert one(row(birth=None), known()).outcome == "same"
    assert one(row(birth=None, roles=("HGV",)), known()).outcome == "open"


def test_a_name_typed_without_marks_is_asked() -> None:
    assert options(one(row(name="Nguyen Thi Hoa"), known()), "same_person") == ["person:1", "new"]


def test_y_and_i_are_one_name_only_where_a_phone_agrees() -> None:
    lady = known(name="Lý Thị Quý", phone=A)
    assert one(row(name="Lí Thị Quí", roles=("HGV",)), lady).outcome == "open"
    assert one(row(name="Lí Thị Quí", phone=A), lady).person_id == 1


def test_another_year_of_birth_is_another_person() -> None:
    assert one(row(birth=1949, roles=("HGV",)), known()).outcome == "new"


def test_a_year_miscounted_by_one_is_asked() -> None:
    assert one(row(birth=1967), known()).outcome == "open"


def test_a_shared_phone_alone_merges_nobody() -> None:
    found = one(row(name="Trần Văn Bình", birth=1966, phone=A, sex="nam"), known(phone=A))
    assert found.outcome == "new"


def test_two_of_the_same_name_in_the_register_are_both_asked_about() -> None:
    found = one(row(), known(1), known(2, posts=(post(2),)))
    assert options(found, "same_person") == ["person:1", "person:2", "new"]


def test_a_phone_tells_two_of_the_same_name_apart() -> None:
    found = one(row(phone=A), known(1, phone=B), known(2, phone=A, posts=(post(2),)))
    assert (found.outcome, found.person_id) == ("same", 2)


def test_somebody_unproven_is_asked_when_another_may_have_a_new_number() -> None:
    found = one(row(phone=A), known(1), known(2, phone=B, posts=(post(2),)))
    assert options(found, "same_person") == ["person:1", "person:2", "new"]


def test_the_key_of_our_own_export_is_certain() -> None:
    listed = row(unit=FIVE, birth=1958, phone=A, row_key="K1")
    found = one(listed, known(phone=B, row_keys=frozenset({"K1"})))
    assert found.person_id == 1 and not found.open
    assert found.changes["birth"] == (["1968-01-01", "year"], ["1958-01-01", "year"])


def test_another_name_written_over_a_row_of_our_export_is_asked() -> None:
    found = one(row(name="Trần Văn Bình", row_key="K1"), known(row_keys=frozenset({"K1"})))
    assert options(found, "same_person") == ["person:1", "new"]


def test_a_hidden_person_is_asked_about_only_if_all_speaks_for_it() -> None:
    hidden = known(phone=A, posts=(post(unit=FAR),), shown=False)
    assert options(one(row(unit=FIVE, phone=A), hidden), "same_person") == ["person:1", "new"]
    assert one(row(unit=FIVE), hidden).outcome == "new"
    assert one(row(row_key="K1"), replace(hidden, row_keys=frozenset({"K1"}))).outcome == "new"


def test_a_decision_is_kept_whatever_speaks_against_it() -> None:
    assert one(row(decision={"same_person": "new"}), known()).outcome == "new"
    assert one(row(unit=FIVE, decision={"same_person": "person:1"}), known()).person_id == 1


def test_setting_a_row_aside_can_be_taken_back() -> None:
    broken = Question("phone", (Option("empty"), Option("skip")))
    found = one(row(questions=(broken,), decision={"phone": "skip"}))
    assert (found.outcome, found.taken_as) == ("skip", "ask")
    assert [question.kind for question in found.questions] == ["phone"]


# ── two rows of one file ────────────────────────────────────────────────────────────────────────────────────────────


def test_one_person_with_two_roles_in_two_rows_is_one_person() -> None:
    first, second = matched([row(0, phone=A), row(1, phone=A, roles=("HGV",))])
    assert (first.outcome, second.outcome, second.same_as) == ("new", "update", 0)
    assert [plan.role for plan in second.posts] == ["HGV"]


def test_the_same_row_twice_adds_nothing() -> None:
    first, second = matched([row(0, phone=A), row(1, phone=A)])
    assert (first.outcome, second.outcome, second.same_as) == ("new", "same", 0)
    assert [plan.act for plan in second.posts] == ["seen"]


@pytest.mark.parametrize(("mine", "theirs"), [(None, None), (A, None), (A, B)])
def test_two_rows_of_one_name_year_and_hamlet_are_asked(mine: str | None, theirs: str | None) -> None:
    first, second = matched([row(0, phone=mine), row(1, phone=theirs)])
    assert first.outcome == "new"
    assert options(second, "same_row") == ["row:0", "different"]


def test_both_in_the_register_already_are_not_asked_again() -> None:
    people = known(1, phone=A), known(2, phone=B, posts=(post(2),))
    found = matched([row(0, phone=A), row(1, phone=B)], *people)
    assert [(one.outcome, one.person_id) for one in found] == [("same", 1), ("same", 2)]


def test_said_to_be_different_the_second_is_not_the_first_ones_person() -> None:
    first, second = matched([row(0), row(1, decision={"same_row": "different"})], known())
    assert (first.person_id, first.outcome) == (1, "same")
    assert (second.person_id, second.outcome) == (None, "new")


def test_said_to_be_the_same_the_second_follows_the_first() -> None:
    first, second = matched([row(0, roles=("HGV",)), row(1, decision={"same_row": "row:0"})], known())
    assert (second.person_id, second.same_as, second.outcome) == (1, 0, "same")


def test_a_row_waits_for_the_row_that_makes_its_person() -> None:
    broken = Question("phone", (Option("empty"), Option("skip")))
    first, second = matched([row(0, phone=A, questions=(broken,)), row(1, phone=A, roles=("HGV",))])
    assert first.outcome == "open" and (second.outcome, second.waits_for) == ("open", 0)


def test_namesakes_in_two_hamlets_are_two_people() -> None:
    first, second = matched([row(0), row(1, unit=FIVE)])
    assert (first.outcome, second.outcome) == ("new", "new")


@given(st.permutations(range(4)))
def test_four_rows_of_one_person_make_one_person_in_any_order(order: list[int]) -> None:
    roles = [("CTV_DS",), ("HGV",), ("TTV",), ("CTV_DS", "HGV")]
    found = matched([row(key, phone=A, roles=roles[which]) for key, which in enumerate(order)])
    assert [proposal.outcome for proposal in found].count("new") == 1
    assert {proposal.same_as for proposal in found[1:]} == {0}
    added = [plan.role for proposal in found for plan in proposal.posts if plan.act == "add"]
    assert sorted(added) == ["CTV_DS", "HGV", "TTV"]


_rows = st.builds(
    lambda name, birth, unit, phone, role: row(name=name, birth=birth, unit=unit, phone=phone, roles=(role,)),
    st.sampled_from(["Lê Thị Ân", "Lê Thị Ấn", "Lý Văn Ân", "Lí Văn Ân"]),
    st.sampled_from([None, 1960, 1961, "1960-02-03"]),
    st.sampled_from([None, FOUR, FIVE, WARD]),
    st.sampled_from([None, A, B]),
    st.sampled_from(["CTV_DS", "HGV"]),
)


@given(st.lists(_rows, max_size=8))
def test_nobody_is_merged_over_different_phones_or_names_unasked(rows: list[Listed]) -> None:
    listed = [replace(one, key=key) for key, one in enumerate(rows)]
    for proposal in matched(listed):
        if proposal.same_as is not None:
            mine, first = listed[proposal.key], listed[proposal.same_as]
            assert mine.names.near == first.names.near
            assert proposal.same_as < proposal.key


# ── posts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_post_in_a_unit_that_was_merged_is_found_by_lineage() -> None:
    found = one(row(), known(posts=(post(unit=OLD_FOUR, first=date(2023, 1, 1)),)))
    assert (found.outcome, [plan.act for plan in found.posts]) == ("same", ["seen"])


def test_a_head_of_mediators_is_a_mediator() -> None:
    found = one(row(roles=("HGV",)), known(posts=(post(role="TT_HG"),)))
    assert found.outcome == "same"


def test_a_list_that_names_the_hamlet_makes_a_post_of_the_ward_exact() -> None:
    found = one(row(), known(phone=None, posts=(post(7, unit=WARD, first=date(2025, 9, 1)),), birth="1968-01-01"))
    assert found.questions, "the ward alone does not prove it is her"
    found = one(row(decision={"same_person": "person:1"}), known(posts=(post(7, unit=WARD),)))
    (plan,) = found.posts
    assert (plan.act, plan.assignment_id, plan.unit_id, plan.first_day) == ("refine", 7, FOUR, date(2025, 9, 1))


def test_a_list_without_hamlets_does_not_double_a_post_in_a_hamlet() -> None:
    found = one(row(unit=WARD, decision={"same_person": "person:1"}), known())
    assert found.outcome == "same"


def test_an_older_list_adds_the_time_before() -> None:
    found = one(row(), known(posts=(post(first=date(2026, 5, 1)),)))
    (plan,) = found.posts
    assert (plan.act, plan.first_day, plan.last_day) == ("earlier", DAY, date(2026, 4, 30))


def test_an_older_list_does_not_bring_back_a_post_that_has_ended_since() -> None:
    gone = known(posts=(post(last=date(2026, 2, 15), recorded=date(2026, 4, 1)),))
    assert options(one(row(), gone), "post_again") == ["add", "leave"]
    again = one(row(decision={"post_again": "add"}), gone)
    assert (again.outcome, [plan.act for plan in again.posts]) == ("update", ["add"])
    assert one(row(decision={"post_again": "leave"}), gone).outcome == "same"


def test_a_newer_list_begins_a_post_again() -> None:
    found = one(row(), known(posts=(post(last=date(2025, 12, 31), recorded=date(2026, 1, 5)),)))
    assert [plan.act for plan in found.posts] == ["add"]


def test_an_answered_question_stays_with_all_its_options() -> None:
    for answer, outcome in (("person:1", "update"), ("person:2", "update"), ("new", "new")):
        found = one(row(phone=A, decision={"same_person": answer}), known(1, phone=B), known(2, posts=(post(2),)))
        assert (found.outcome, found.taken_as, found.open) == (outcome, "ask", ())
        assert options(found, "same_person") == ["person:2", "person:1", "new"]


def test_somebody_chosen_who_is_not_asked_about_any_more_stays_an_option() -> None:
    twins = (known(1, phone=B), known(2, phone=B, posts=(post(2),)), known(3, name="Trần Văn Bình", phone=B))
    found = one(row(phone=A, decision={"same_person": "person:3"}), *twins)
    assert found.person_id == 3 and not found.open
    assert options(found, "same_person") == ["person:1", "person:2", "person:3", "new"]
