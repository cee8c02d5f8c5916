"""What numbers, orders and searches tell of people one may not see."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts import card_lists
from lms.authoring.views import statistics as statistics_view
from lms.coverage.views import cell
from lms.db import db
from lms.people import register_list
from lms.people.models import Person
from lms.people.scope import unscoped
from lms.quizzes.queries import statistics
from tests.access.site import Site
from tests.access.world import HERE, NAMES
from tests.certificates.people import Visitor
from tests.editions import single
from tests.factories import Make
from tests.people.conftest import ELSEWHERE
from tests.quizzes.learners import begin, hand_in, new_learner, payload, wrong

both = pytest.mark.both
NOBODYS = 987_654_321


def told(site: Site, url: str, person_id: int = NOBODYS) -> str:
    """The page's own part, but for the request's own marks."""
    answer = site.ask("here", "GET", url.format(person_id))
    assert answer.status == 200
    main = answer.words.partition("<main")[2].partition("</main>")[0]
    return re.sub(r'name="csrf_token" value="[^"]*"', "", main.replace(f"sau={person_id}", "sau=…"))


LISTS = ("/nguoi?tt=all&sau={}", "/the-dang-nhap?sau={}", "/ty-le/nguoi?tt=counted&sau={}")


@pytest.mark.attack("S42")
@pytest.mark.parametrize("url", LISTS)
def test_where_a_stranger_stands_in_the_order_of_names_is_not_told(site: Site, url: str) -> None:
    """The page "after" somebody unseen would show where her name falls among the own people: asked of every id, with
    people of invented names to compare with, it would spell the whole register."""
    pages = {told(site, url, person_id) for person_id in (*site.world.elsewhere.people, NOBODYS)}
    assert len(pages) == 1
    own = {told(site, url, person_id) for person_id in site.world.here.people[:3]}
    assert len(own) > 1, "a page after somebody of the own ward goes on from her"


@pytest.mark.attack("S42")
def test_without_the_scope_the_order_would_tell(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in (register_list, card_lists, cell):
        monkeypatch.setattr(room, "visible", lambda viewer, statement, **of: unscoped(statement, "test"), raising=False)
    for url in LISTS:
        pages = {told(site, url, person_id) for person_id in (*site.world.elsewhere.people, NOBODYS)}
        assert len(pages) > 1, url


LOOKING = ("here", "inspector", "organiser")
SEARCHED: dict[str, tuple[str, ...]] = {
    "/nguoi": LOOKING,
    "/the-dang-nhap": ("here",),
    "/so-cap-giay": ("here", "inspector"),
}
"""Lists with a search, and who of these may see them."""


@pytest.mark.attack("S42")
def test_nobody_is_found_by_number_birth_or_note(site: Site) -> None:
    """Phones are masked for who only looks: a search that knew them would give them away digit by digit."""
    with site.app.app_context(), db.write():
        people = db.session.scalars(unscoped(select(Person), "test")).all()
        for one in people:
            one.phone, one.note = f"+8490{one.id:07d}", "bí mật"
    someone = people[0]
    for url, seeing in SEARCHED.items():
        for actor in LOOKING:
            for asked in (f"90{someone.id:07d}", "84", "+84", "090", "bí mật", "bi mat", "1960", "%", "_"):
                answer = site.ask(actor, "GET", url, query_string={"tim": asked, "tt": "all"})
                main = answer.words.partition("<main")[2]
                assert answer.status == (200 if actor in seeing else 403), (asked, url, actor)
                assert not [name for name in NAMES[HERE] if name in main], (asked, url, actor)


@pytest.mark.attack("S42")
def test_who_sees_a_list_finds_people_in_it_by_their_names(site: Site) -> None:
    """The control of the test above: the same lists, asked for what may be asked."""
    for url, seeing in SEARCHED.items():
        for actor in seeing:
            answer = site.ask(actor, "GET", url, query_string={"tim": NAMES[HERE][1], "tt": "all"})
            assert NAMES[HERE][1] in answer.words.partition("<main")[2].partition("</form>")[2], (url, actor)


@pytest.mark.attack("S42")
@pytest.mark.parametrize("column", ["phone", "birth_date", "note", "row_key", "search_key", "sdt"])
def test_no_list_is_sorted_by_what_it_hides(site: Site, column: str) -> None:
    for url in ("/nguoi", "/the-dang-nhap", "/ty-le/nguoi?tt=counted", "/so-cap-giay"):
        mark = "&" if "?" in url else "?"
        plain = told(site, url)
        for name in ("sort", "order", "order_by", "xep", "sap-xep"):
            assert told(site, f"{url}{mark}{name}={column}") == plain


def answers_shown(app: Flask, make: Make, learners: int, questions: int = 11) -> str:
    """The trainer's pages of answers after so many more wrong attempts."""
    app.config["WTF_CSRF_ENABLED"] = False
    for _ in range(learners):
        learner = new_learner(make)
        hand_in(learner, payload(begin(learner), wrong))
    trainer = Visitor(app, make.account("Người Soạn", capability="trainer", unit=ELSEWHERE))
    return "".join(trainer.get(f"/soan-bai/k1/thong-ke?cau=k1-m1-q{n:02d}").main for n in range(1, questions + 1))


@both
@pytest.mark.attack("S42")
def test_answers_of_fewer_than_five_are_not_shown(app: Flask, make: Make) -> None:
    """They come from every ward: with one learner the sums are her answers. From five on they are sums."""
    make.edition()
    few = answers_shown(app, make, 4)
    assert "%" not in few and "lượt đúng" not in few and "4 lượt, còn ít" in few
    assert "Ý a của câu" not in few.partition("Ý hay chọn nhầm")[2].partition("Câu 1 đến")[0]
    assert "lượt đúng" in answers_shown(app, make, 4)


@pytest.mark.attack("S42")
def test_what_stands_between_two_readings_is_no_ones_answer(app: Flask, make: Make) -> None:
    """Who reads the page before and after one learner's attempt learns nothing; after five more it goes on."""
    make.edition([single(1)], draw=1)
    read = [answers_shown(app, make, learners, 1) for learners in (5, 1, 3, 1)]
    assert "5 lượt trả lời, 0 lượt đúng" in read[0]
    assert read[0] == read[1] == read[2]
    assert "10 lượt trả lời, 0 lượt đúng" in read[3]


@pytest.mark.attack("S42")
def test_without_the_steps_the_difference_would_be_one_learners(
    app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics, "_let_wait", lambda *_: None)
    make.edition([single(1)], draw=1)
    assert answers_shown(app, make, 5, 1) != answers_shown(app, make, 1, 1)


@pytest.mark.attack("S42")
def test_without_the_bound_one_learners_answers_would_show(
    app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics_view, "FEW", 1)
    make.edition()
    assert "1 lượt trả lời, 0 lượt đúng" in answers_shown(app, make, 1)
