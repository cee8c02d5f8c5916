"""`lms accounts …` and `lms sessions …` as scripts use them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from lms.accounts.commands import cli, sessions_cli
from lms.accounts.queries import make_viewer
from tests.accounts.conftest import PHONE, PIN, Accounts, Browser
from tests.factories import Make

pytestmark = pytest.mark.both


class Shell:
    def __init__(self, app: Flask) -> None:
        self.runner = app.test_cli_runner()

    def run(self, *args: str) -> Result:
        group = sessions_cli if args[0] == "sessions" else cli
        return self.runner.invoke(group, [str(part) for part in args[1:]])

    def json(self, *args: str) -> Any:
        result = self.run(*args, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)


@pytest.fixture
def shell(app: Flask) -> Shell:
    return Shell(app)


def test_from_an_empty_database_to_a_signed_in_administrator(shell: Shell, site: Flask) -> None:
    made = shell.json("accounts", "create", "--name", "trần thị trị", "--phone", PHONE)
    shell.json("accounts", "grant", str(made["account"]), "administrator")
    browser = Browser(site)
    card = "/the/" + made["card"].rpartition("/the/")[2]
    browser.get(card)
    browser.post(card, {"secret": made["first_code"]})
    browser.get("/ma-pin")
    browser.post("/ma-pin", {"new_pin": PIN, "again": PIN})
    assert browser.get("/quan-tri/tai-khoan").status == 200


def test_a_right_over_a_unit_and_a_line(shell: Shell, accounts: Accounts, make: Make) -> None:
    account = accounts.staff()
    shell.json("accounts", "grant", PHONE, "manager", "--unit", "vl/nguyet-hoa", "--line", "health")
    [held] = make_viewer(accounts.of(account)).grants
    assert (held.capability, held.unit_id, held.line) == ("manager", make.unit_id("vl/nguyet-hoa"), "health")


def test_a_card_for_a_person_and_a_reset(shell: Shell, site: Flask, make: Make) -> None:
    made = shell.json("accounts", "create", "--person", str(make.person("Kim Sa Rinh", phone="+84935111222")))
    assert made["phone"] == "+84935111222"
    card = shell.json("accounts", "card", str(made["account"]))
    assert Browser(site).sign_in("0935111222", made["first_code"]).status == 401
    assert Browser(site).sign_in("0935111222", card["first_code"]).status == 303
    reset = shell.json("accounts", "reset-pin", "0935111222")
    assert Browser(site).sign_in("0935111222", card["first_code"]).status == 401
    assert Browser(site).sign_in("0935111222", reset["first_code"]).status == 303


def test_sessions_are_revoked_one_account_or_all(shell: Shell, site: Flask, accounts: Accounts) -> None:
    first = accounts.staff()
    accounts.staff("Chị Hai", "0987 654 321")
    one, two = Browser(site), Browser(site)
    one.sign_in()
    two.sign_in("0987 654 321")
    assert shell.json("sessions", "revoke", "--account", str(first)) == {"ended": 1}
    assert (one.get("/chi-doc").status, two.get("/chi-doc").status) == (401, 200)
    assert shell.json("sessions", "revoke", "--all") == {"ended": 1}
    assert two.get("/chi-doc").status == 401


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("accounts", "create", "--name", " "), 1, "họ và tên"),
        (("accounts", "create", "--person", "424242"), 1, "no such"),
        (("accounts", "card", "424242"), 1, "no such"),
        (("accounts", "card", "nobody"), 1, "neither"),
        (("accounts", "grant", "1", "owner"), 2, "owner"),
        (("sessions", "revoke"), 2, "either"),
    ],
)
def test_refusals_say_why_and_set_the_exit_code(shell: Shell, args: tuple[str, ...], code: int, words: str) -> None:
    result = shell.run(*args)
    assert result.exit_code == code
    assert words in result.stderr and result.stdout == ""


def test_a_shared_number_must_be_told_apart_by_id(shell: Shell, accounts: Accounts) -> None:
    first, second = accounts.staff(), accounts.staff("Chị Hai", PHONE, "591824")
    result = shell.run("accounts", "reset-pin", PHONE)
    assert result.exit_code == 1 and f"{first} (" in result.stderr and f"{second} (" in result.stderr
