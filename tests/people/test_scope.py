"""Who sees whom: one function decides, for every table with people in it, and it really changes the SQL."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from lms.access import NOBODY, GrantValue, Viewer
from lms.accounts.models import Account
from lms.certificates.models import Achievement, Certificate
from lms.courses.models import Enrolment
from lms.db import Base, db
from lms.people import scope
from lms.people.models import Assignment, IdentityCheck, Person, PersonMerge, RosterRow
from lms.people.scope import UnscopedPeople, own, read_columns, require_person, unscoped, visible
from lms.quizzes.models import Attempt
from tests.factories import Make

pytestmark = pytest.mark.both
MODELS = [
    Person,
    Assignment,
    IdentityCheck,
    PersonMerge,
    RosterRow,
    Account,
    Enrolment,
    Attempt,
    Achievement,
    Certificate,
]
HERE, ELSEWHERE = "vl/nguyet-hoa", "vl/hoa-thuan"


def manager(make: Make, unit: str | None = HERE, line: str | None = None) -> Viewer:
    return Viewer(account_id=1, grants=(GrantValue("manager", make.unit_id(unit) if unit else None, line),))


def people_seen(viewer: Viewer) -> set[int]:
    return set(db.session.scalars(visible(viewer, select(Person.id))))


def test_every_table_with_people_is_guarded(app: Flask) -> None:
    with_people = {table.name for table in Base.metadata.tables.values() if "person_id" in table.c} | {"person"}
    assert with_people == scope.GUARDED


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_an_unmarked_select_is_refused(app: Flask, model: type) -> None:
    with pytest.raises(UnscopedPeople):
        db.session.scalars(select(model)).all()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_scope_changes_the_sql(app: Flask, make: Make, model: type) -> None:
    plain = str(select(model))
    assert str(visible(manager(make), select(model), of=model)) != plain
    assert str(visible(NOBODY, select(model), of=model)) != plain


def test_own_rows_are_those_of_the_person_given_when_asked(app: Flask, make: Make) -> None:
    me, other = make.person("Nguyễn Thị Ánh"), make.person("Lê Văn Khác")
    for person in (me, other):
        make.assignment(person, "CTV_DS", HERE, date(2025, 1, 1))
    mine = own(select(Assignment.person_id), of=Assignment)
    assert db.session.scalars(mine, {"me": me}).all() == [me]
    assert not db.session.scalars(mine, {"me": 0}).all()


def test_guard_sees_through_joins_subqueries_and_columns(app: Flask) -> None:
    for hidden in (
        select(Assignment.id).join(Person),
        select(select(Person.full_name).subquery()),
        select(Account.id).where(Account.person_id.in_(select(Person.id))),
    ):
        with pytest.raises(UnscopedPeople):
            db.session.execute(hidden).all()
    with pytest.raises(UnscopedPeople):
        db.session.get(Person, 1)


def test_two_wards_never_see_each_other(app: Flask, make: Make) -> None:
    here, there, nowhere = make.person(), make.person(), make.person()
    make.assignment(here, "CTV_DS", HERE, date(2026, 1, 1))
    make.assignment(there, "CTV_DS", ELSEWHERE, date(2026, 1, 1))
    assert people_seen(manager(make, HERE)) == {here}
    assert people_seen(manager(make, ELSEWHERE)) == {there}
    assert people_seen(manager(make, None)) == {here, there, nowhere}
    assert people_seen(NOBODY) == set()


def test_a_line_sees_its_own_roles_only(app: Flask, make: Make) -> None:
    mediator, collaborator = make.person(), make.person()
    make.assignment(mediator, "HGV", HERE, date(2026, 1, 1))
    make.assignment(collaborator, "CTV_DS", HERE, date(2026, 1, 1))
    assert people_seen(manager(make, HERE, "justice")) == {mediator}


def test_a_post_in_a_unit_that_was_merged_is_seen_by_its_successor(app: Flask, make: Make) -> None:
    person = make.person()
    make.assignment(person, "CTV_DS", "tv/p8", date(2023, 1, 1), date(2024, 12, 31))
    assert people_seen(manager(make, HERE)) == {person}


def test_posts_elsewhere_stay_hidden(app: Flask, make: Make) -> None:
    person = make.person()
    here = make.assignment(person, "CTV_DS", HERE, date(2026, 1, 1))
    make.assignment(person, "HGV", ELSEWHERE, date(2020, 1, 1), date(2021, 1, 1))
    posts = db.session.scalars(visible(manager(make), select(Assignment.id), of=Assignment))
    assert list(posts) == [here]


def test_several_grants_and_an_own_record_are_seen_together(app: Flask, make: Make) -> None:
    """Each grant its people, and one's own records, also those that turned out to be one's own; nobody else."""
    third = "vl/long-duc"
    here, there, stranger, me, mine = (make.person() for _ in range(5))
    for person, unit in ((here, HERE), (there, ELSEWHERE), (stranger, third)):
        make.assignment(person, "HGV", unit, date(2026, 1, 1))
    with db.write() as session:
        session.add(PersonMerge(person_id=mine, into_id=me))
    grants = tuple(GrantValue("manager", make.unit_id(unit)) for unit in (HERE, ELSEWHERE))
    assert people_seen(Viewer(account_id=1, grants=grants)) == {here, there}
    assert people_seen(Viewer(account_id=1, person_id=me, grants=grants)) == {here, there, me, mine}
    posts = select(Assignment.person_id)
    seen = set(db.session.scalars(visible(Viewer(account_id=1, person_id=me, grants=grants), posts, of=Assignment)))
    assert seen == {here, there}


def test_a_learner_sees_herself_only(app: Flask, make: Make) -> None:
    me, other = make.person(), make.person()
    assert people_seen(Viewer(account_id=1, person_id=me)) == {me}
    with pytest.raises(NotFound):
        require_person(Viewer(account_id=1, person_id=me), other)


def test_columns_alone_are_read_of_marked_statements_only(app: Flask, make: Make) -> None:
    ids = [make.person(), make.person()]
    query = select(Person.id, Person.recorded_at).order_by(Person.id)
    with pytest.raises(UnscopedPeople):
        read_columns(query)
    found, moments = read_columns(unscoped(query, "test"))
    assert found == ids and all(moment.tzinfo for moment in moments)
    assert read_columns(visible(NOBODY, query)) == [[], []]


def test_where_one_may_act_is_the_same_asked_of_one_and_of_many(app: Flask, make: Make) -> None:
    units = [make.unit_id(key) for key in (HERE, ELSEWHERE, "vl/long-duc")]
    two = (
        GrantValue("manager", units[0]),
        GrantValue("manager", units[1], "justice"),
        GrantValue("inspector", units[2]),
    )
    for viewer in (manager(make), manager(make, None), manager(make, None, "justice"), NOBODY, Viewer(1, grants=two)):
        for line in (None, "justice", "health"):
            one_by_one = {unit for unit in units if scope.may_act_in(viewer, unit, "manager", line=line)}
            assert scope.may_act_among(viewer, units, "manager", line=line) == one_by_one
