"""S31 beyond the door: what the public check and a list that is looked at before it is entered tell of people."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask

from lms.certificates.codes import ALPHABET
from lms.certificates.models import Certificate
from tests.access.site import Site
from tests.access.world import ELSEWHERE, HERE, NAMES
from tests.attacks.test_what_is_anothers import statements
from tests.certificates.people import NAME, Page, Visitor, certified, learner
from tests.factories import Make

HEAD = "STT,Họ và tên,Năm sinh,Chức danh,Khóm,Điện thoại"
HERS, NUMBER = NAMES[ELSEWHERE][0], "+84977665544"
NOBODY = "Quách Thị Bần Ổi"


@pytest.fixture
def mine(app: Flask, make: Make) -> Certificate:
    return certified(learner(make, phone="+84912345678"))


def other(code: str) -> str:
    """The same code but for its last sign."""
    return code[:-1] + next(sign for sign in ALPHABET if sign != code[-1])


@pytest.mark.both
@pytest.mark.attack("S31")
def test_the_check_tells_nothing_of_what_is_nearly_right(app: Flask, mine: Certificate) -> None:
    """A serial number, a name and a phone that we have, and a code with one wrong sign: as those that nobody has, in
    words, length and what is asked of the database."""
    app.config["WTF_CSRF_ENABLED"] = False
    stranger = Visitor(app)
    serial = str(mine.paper["serial"])
    pairs = {
        serial: serial.replace(str(mine.serial_no), "9" * len(str(mine.serial_no))),
        NAME: "Quách Thị Ổi",
        "0912345678": "0987654321",
        other(mine.code): "0" * 15 + "1",
    }
    for way in ("/c/{}", "/c?ma={}", "/api/v1/certificates/{}"):
        for ours, nobodys in pairs.items():
            _asked(stranger, way.format(nobodys))  # what is read once and kept is read now
            known, unknown = (_asked(stranger, way.format(one)) for one in (ours, nobodys))
            assert known[0].status == unknown[0].status != 200
            assert _plain(known[0], ours) == _plain(unknown[0], nobodys), (way, ours)
            assert known[1] == unknown[1], (way, ours)


def _asked(stranger: Visitor, url: str) -> tuple[Page, list[str]]:
    with statements() as sent:
        page = stranger.get(url)
    return page, sent


def _plain(page: Page, typed: str) -> str:
    """Without what was typed, however it is written there."""
    grouped = "-".join(typed[at : at + 4] for at in range(0, len(typed), 4))
    words = re.sub(r'name="csrf_token" value="[^"]*"|"request_id":\s*"[^"]*"', "", page.html)
    return re.sub(r"[0-9A-Z]{4}-[0-9A-Z]{4}\b", "…", words.replace(typed, "…").replace(grouped, "…"))


def looked_at(site: Site, name: str, phone: str = "") -> tuple[str, list[str]]:
    """(the words of the list before it is entered, what was asked meanwhile) for a list with one of the own people,
    as every list has, and with `name`. Her number stands in the register."""
    site.live.execute("UPDATE person SET phone = ? WHERE full_name = ?", [NUMBER, HERS])
    site.live.commit()
    rows = (f"1,{NAMES[HERE][1]},1961,CTV DS,Khóm 4,", f"2,{name},1960,CTV DS,Khóm 4,{phone}")
    data = "\n".join((HEAD, *rows, "")).encode()
    form = {"file": (io.BytesIO(data), "a.csv"), "unit": str(site.world.here.unit_id), "list_date": "01/05/2026"}
    with statements() as sent:
        page = site.ask("here", "GET", site.ask("here", "POST", "/danh-sach/moi", form).location)
    assert page.status == 200 and name in page.words
    site.restore()
    main = re.sub(r'name="csrf_token" value="[^"]*"', "", page.words.partition("<main")[2])
    return main.replace(name, "…"), [re.sub(r"\(\?(?:, \?)*\)", "(…)", one) for one in sent]


@pytest.mark.attack("S31")
def test_a_list_tells_nothing_of_the_people_of_another_ward(site: Site) -> None:
    """Her name and year of birth stand in the register, in another ward: the list says and asks what it does for
    somebody who is in no register at all."""
    looked_at(site, NOBODY)  # what is read once and kept is read now
    assert looked_at(site, HERS) == looked_at(site, NOBODY)


@pytest.mark.attack("S31")
def test_who_knows_her_number_too_learns_that_she_is_there_and_no_more(site: Site) -> None:
    """Else every move between wards would enter her twice: it is asked, without saying where or what as."""
    words, _sent = looked_at(site, HERS, "0977 665 544")
    assert "đang có trong sổ ở địa bàn khác" in words
    assert "Hòa Thuận" not in words and f"/nguoi/{site.world.elsewhere.people[0]}" not in words


@pytest.mark.attack("S31")
def test_of_the_own_people_it_tells(site: Site) -> None:
    """The negative control: the same kind of name in the own ward is known again."""
    assert looked_at(site, NAMES[HERE][0])[0] != looked_at(site, NOBODY)[0]
