"""Text and numbers that two readers would read differently: JSON that is none, letters that look like others."""

from __future__ import annotations

import json
import unicodedata
import uuid
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.accounts import door, queries, rules
from lms.accounts.door import TurnedAway
from lms.accounts.models import SignInTries
from lms.accounts.operations import create_account
from lms.api import submissions as api
from lms.db import db
from lms.people.roster.by_hand import read_typed
from lms.people.roster.staging import rows_of
from lms.text.names import clean, mask_name, search_key, sort_key
from lms.text.phones import normalise_sign_in
from lms.units.queries import find_units
from tests.accounts.conftest import E164, PIN, Accounts, Browser
from tests.certificates.people import Visitor
from tests.factories import Make
from tests.people.conftest import register
from tests.people.lists import LIST_DATE, WARD, entered, person, staged
from tests.quizzes.learners import new_learner, submissions

both = pytest.mark.both
URL = "/api/v1/submissions"
OURS = {"X-LHP": "1", "Content-Type": "application/json"}

# ── JSON ─────────────────────────────────────────────────────────────────

GOOD = '{"id": "%s", "ticket": "t", "answers": [%s]}'
NO_JSON = {
    "a key twice": '{"id": "%s", "ticket": "t", "ticket": "u", "answers": []}',
    "a key twice further in": GOOD % ("%s", '{"item": 1, "item": 2, "answer": []}'),
    "NaN": '{"id": "%s", "ticket": "t", "answers": [], "score": NaN}',
    "Infinity": '{"id": "%s", "ticket": "t", "answers": [], "score": -Infinity}',
    "more than a float holds": '{"id": "%s", "ticket": "t", "answers": [], "score": 1e400}',
    "less than a float holds": '{"id": "%s", "ticket": "t", "answers": [], "score": [-1e999]}',
    "more than any reader keeps": '{"id": "%s", "ticket": "t", "answers": [], "score": 9223372036854775808}',
    "a place beyond all": GOOD % ("%s", '{"item": 1' + "0" * 40 + ', "answer": []}'),
    "digits without end": '{"id": "%s", "ticket": "t", "answers": [], "score": ' + "9" * 5000 + "}",
    "a prototype": '{"id": "%s", "ticket": "t", "answers": [], "__proto__": {"passed": true}}',
    "a prototype further in": GOOD % ("%s", '{"item": 1, "answer": [], "__proto__": {"right": true}}'),
    "a byte order mark": "\ufeff" + GOOD % ("%s", ""),
    "something behind it": GOOD % ("%s", "") + " {}",
    "a comment": GOOD % ("%s", "") + " // ok",
    "single quotes": "{'id': '%s', 'ticket': 't', 'answers': []}",
    "a comma too many": '{"id": "%s", "ticket": "t", "answers": [],}',
    "a control in a text": '{"id": "%s", "ticket": "a\nb", "answers": []}',
}


@pytest.fixture
def sender(app: Flask, make: Make) -> Visitor:
    app.config["WTF_CSRF_ENABLED"] = False
    make.edition()
    return Visitor(app, new_learner(make).account_id)


def sent(sender: Visitor, body: str) -> int:
    return sender.post(URL, (body.replace("%s", str(uuid.uuid4()))).encode(), headers=OURS).status


@pytest.mark.attack("S63")
@pytest.mark.parametrize("why", NO_JSON)
def test_what_two_readers_would_read_differently_is_no_submission(sender: Visitor, why: str) -> None:
    assert sent(sender, NO_JSON[why]) == 400
    assert submissions() == []


@both
@pytest.mark.attack("S63")
def test_all_that_is_stored_is_json_that_anybody_reads_back(sender: Visitor) -> None:
    """The other way round: the same body without the trick is kept, and what is kept is strict JSON."""
    more = '"a": 9223372036854775807, "b": -1.5e300, "proto": 1, "c": "\\ud83d\\ude00", "d": [[], {}, null, true]'
    assert sent(sender, GOOD.replace("}", f", {more}}}") % ("%s", "")) == 202
    (kept,) = submissions()

    def refuse(name: str) -> None:
        raise AssertionError(name)

    assert json.loads(kept.body, parse_constant=refuse)["a"] == 2**63 - 1


@pytest.mark.attack("S63")
def test_without_the_strictness_infinity_would_be_stored(sender: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "_finite", float)
    assert sent(sender, NO_JSON["more than a float holds"]) == 202
    assert "Infinity" in submissions()[0].body


# ── letters ──────────────────────────────────────────────────────────────

UNSEEN = "".join(
    map(chr, (0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x202A, 0x202E))
) + "".join(map(chr, (0x2060, 0x2061, 0x2064, 0x2066, 0x2069, 0x206F, 0x2800, 0x3164, 0xFE0F, 0xFEFF, 0xFFA0, 0xFFF9)))
NAME = "Trần Thị Mẫu"
SPELT = {
    "decomposed": unicodedata.normalize("NFD", NAME),
    "full width": NAME.replace("T", "Ｔ"),
    "spaces of all kinds": f"\u3000{NAME.replace(' ', chr(0xA0) + chr(0x2009))}\u2003",
} | {f"U+{ord(sign):04X}": f"{NAME[:4]}{sign}{NAME[4:]}{sign}" for sign in UNSEEN}


@both
@pytest.mark.attack("S65")
@pytest.mark.parametrize("how", ["decomposed", "full width", "spaces of all kinds", "all that is unseen"])
def test_one_name_is_stored_as_one_text(app: Flask, accounts: Accounts, how: str) -> None:
    typed = [SPELT[how]] if how in SPELT else [SPELT[name] for name in SPELT if name.startswith("U+")]
    for one in typed:
        with accounts.acting(), db.write():
            made = create_account(name=one, office=one).id
        assert (accounts.of(made).name, accounts.of(made).office) == (NAME, NAME), ascii(one)


@pytest.mark.attack("S65")
@pytest.mark.parametrize("sign", UNSEEN, ids=[f"{ord(sign):04X}" for sign in UNSEEN])
def test_nothing_unseen_stays_in_a_name(sign: str) -> None:
    assert clean(f"Lê{sign} Văn{sign} An") == "Lê Văn An"
    assert sign not in mask_name(f"Lê{sign} Văn An")


@pytest.mark.attack("S65")
@pytest.mark.parametrize(
    "name",
    ["Lê Văn \u0410n", "L\u0435 Van An", "Lê Văn Αn", "Lê Văn 𝐀n", "Lê Văn Ạ̈n", "Lê Văn A\u0335n", "Lê Văn Ⓐn"],
    ids=ascii,
)
def test_letters_of_another_script_are_no_name(app: Flask, name: str) -> None:
    with app.test_request_context():
        assert "full_name" in read_typed(name, "", date(2026, 11, 1)).faults


@both
@pytest.mark.attack("S65")
@pytest.mark.parametrize("how", ["decomposed", "U+200B", "U+202E", "U+2060"])
def test_one_person_is_not_doubled_by_another_spelling(make: Make, app: Flask, how: str) -> None:
    make.unit("Khóm 4", parent=WARD, start=date(2025, 7, 1))
    act_as(SYSTEM)
    ward = make.unit_id(WARD)
    assert find_units("Khóm 4", ward, LIST_DATE)
    entered(ward, person(NAME, phone="0912 345 678"))
    again = staged(ward, person(SPELT[how], phone="0912 345 678"), name="lan-hai.xlsx")
    assert [row.taken_as for row in rows_of(again)] == ["same"]
    db.session.rollback()
    assert [held.name for held in register()] == [NAME]


PLACE = "Khóm Đầu Bờ"
LIKE_IT = {
    "decomposed": unicodedata.normalize("NFD", PLACE),
    "an Icelandic Ð": PLACE.replace("Đ", "\u00d0"),
    "an African Ɖ": PLACE.replace("Đ", "\u0189"),
    "no width": PLACE.replace("u", "u\u200b"),
    "right to left": f"\u202e{PLACE}\u202c",
    "isolated": f"\u2066{PLACE}\u2069",
    "full width": PLACE.replace("B", "Ｂ"),
}


@pytest.mark.attack("S65")
@pytest.mark.parametrize("how", LIKE_IT)
def test_a_name_that_looks_the_same_is_looked_up_as_the_same(how: str) -> None:
    """By the keys that people and places are found and compared under."""
    assert search_key(LIKE_IT[how]) == search_key(PLACE) == "khom dau bo"
    assert sort_key(LIKE_IT[how]) == sort_key(PLACE)
    assert clean(LIKE_IT[how]) == PLACE


@both
@pytest.mark.attack("S65")
@pytest.mark.parametrize("how", LIKE_IT)
def test_a_place_is_found_however_it_is_spelt(make: Make, app: Flask, how: str) -> None:
    """So that a list makes no second hamlet of it, nor one that looks like it."""
    made = make.unit(PLACE, parent=WARD, start=date(2025, 7, 1))
    assert [one.unit_id for one in find_units(LIKE_IT[how], make.unit_id(WARD), LIST_DATE)] == [made]


PHONES = (
    "0912345678",
    "０９１２３４５６７８",
    "٠٩١٢٣٤٥٦٧٨",
    "០៩១២៣៤៥៦៧៨",
    "+84 912 345 678",
    "0084912345678",
    "84\u200b912\u202e345678",
    "(091) 234-5678",
    "09 12 34 56 78",
    "\ufeff0912345678",
)


@both
@pytest.mark.attack("S65")
@pytest.mark.usefixtures("cheap_hashes")
def test_however_a_number_is_written_its_tries_are_counted_together(app: Flask, accounts: Accounts) -> None:
    """Otherwise each spelling would be worth ten more tries at the same PIN."""
    accounts.staff()
    assert {normalise_sign_in(one) for one in PHONES} <= {E164, None}
    browser = Browser(app)
    for typed in PHONES:
        assert browser.sign_in(typed, "730461").status in (401, 422, 429)
    db.session.rollback()
    counted = db.session.scalars(select(SignInTries.wrong).where(SignInTries.key.like("number:%"))).all()
    assert counted == [sum(normalise_sign_in(one) == E164 for one in PHONES)]


@both
@pytest.mark.attack("S65")
@pytest.mark.usefixtures("cheap_hashes")
@pytest.mark.parametrize("digits", ["４８２９１３", "٤٨٢٩١٣", "482913\u200b", "482913\x00", "៤៨២៩១៣"], ids=ascii)
def test_a_pin_is_plain_digits_and_nothing_that_looks_like_them(app: Flask, accounts: Accounts, digits: str) -> None:
    accounts.staff(pin=PIN)
    assert rules.secret_kind(rules.tidy_secret(digits)) == "neither"
    assert Browser(app).sign_in(pin=digits).status == 422
    assert isinstance(door.check(door.claim_number(E164, "10.0.0.1"), digits), TurnedAway)
    assert queries.candidates_for_number(E164)
