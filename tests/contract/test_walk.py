"""A stranger's script goes the whole way on the real demo, by the words of docs/test-contract.json alone."""

from __future__ import annotations

import ast
import json
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.client import Walker, WentWrong
from tests.contract.site import ROOT, Site, served

CONTRACT: dict[str, Any] = json.loads((ROOT / "docs" / "test-contract.json").read_text(encoding="utf-8"))
pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("walk")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("contract")) as running:
        yield running


def walker(site: Site, capability: str, state: str = "") -> Walker:
    account = site.account(capability, state)
    return Walker(CONTRACT, site.url, phone=account["phone"], pin=account["pin"], course="k1")


def key_of(site: Site, ticket: str) -> list[dict[str, Any]]:
    """The answers that are right, as the operator is told to find them."""
    shown = site.lms(CONTRACT["answer_key"]["command"].replace("{ticket}", ticket))
    assert shown.returncode == 0, shown.stderr
    items = json.loads(shown.stdout)["attempt"]["items"]
    return [{"item": item["place"], "answer": item["right_answer"]} for item in items]


def figure(site: Site) -> tuple[int, int]:
    office = walker(site, "manager")
    for journey in CONTRACT["order"]["office"]:
        office.walk(journey)
    return int(office.kept["trained"]), int(office.kept["counted"])


def test_from_signing_in_to_a_figure_that_moved_by_one(site: Site) -> None:
    before = figure(site)
    learner = walker(site, "learner", "chưa học")
    learner.walk("health")
    for journey in ("sign_in", "learn", "take_quiz"):
        learner.walk(journey)
    ticket, options = learner.kept["ticket"], learner.kept["options"]
    answers = key_of(site, ticket)
    assert [sorted(set(one["answer"]) - set(shown)) for one, shown in zip(answers, options, strict=True)] == [
        [] for _ in answers
    ]
    learner.walk("submit", id=str(uuid.uuid4()), answers=answers)
    assert learner.kept["state"] == "accepted"
    receipt = learner.kept["receipt"]
    assert learner.walk("submit")["receipt"] == receipt, "sent again, it is the same submission"
    assert learner.walk("certificate")["certificate_state"] == "valid"
    learner.walk("sign_out")
    after = figure(site)
    assert after == (before[0] + 1, before[1])
    assert json.loads(site.lms(f"lms certificates verify {learner.kept['code']} --json").stdout)["finding"] == "valid"


def test_the_statuses_that_the_contract_tells_of(site: Site) -> None:
    learner = walker(site, "learner", "đang học dở")
    with pytest.raises(WentWrong, match=": 401 instead of"):
        learner.walk("sign_in", pin="000000")
    learner.walk("sign_in", pin=CONTRACT["demo"]["pin"])
    answers = [{"item": 1, "answer": ["a"]}]
    with pytest.raises(WentWrong, match=": 202 instead of"):
        learner.walk("submit", id=str(uuid.uuid4()), ticket=str(uuid.uuid4()), answers=answers)
    learner.walk("sign_out")
    with pytest.raises(WentWrong, match=": 401 instead of"):
        learner.walk("submit")


def test_the_demo_makes_whom_the_contract_names(site: Site) -> None:
    told = CONTRACT["demo"]
    assert {name for one in site.accounts for name in one} == set(told["account"])
    assert {one["pin"] for one in site.accounts} == {told["pin"]}
    many = Counter((one["area"], one["capability"]) for one in site.accounts)
    assert len(told["areas"]) == 3 and len(told["capabilities"]) == 6
    assert {many[area, capability] for area in told["areas"] for capability in told["capabilities"]} == {3}
    office = [{name: one[name] for name in told["office_accounts"][0]} for one in site.accounts if not one["state"]]
    assert office == told["office_accounts"]
    assert {one["state"] for one in site.accounts if one["state"]} == set(told["learner_states"])


@pytest.mark.parametrize("capability", CONTRACT["demo"]["capabilities"])
def test_everybody_signs_in_by_the_contract(site: Site, capability: str) -> None:
    state = "đã đạt" if capability == "learner" else ""
    walker(site, capability, state).walk("sign_in")


def test_every_path_answers(site: Site) -> None:
    stranger = Walker(CONTRACT, site.url, code="0" * 16, course="k1")
    for name, path in CONTRACT["paths"].items():
        for method in path["methods"]:
            answer = stranger.ask({"method": method, "path": path["path"]}, stranger.kept)
            wanted = (200, 404, 400, 422) if path["open_to"].get("anybody") else (401, 303)
            wanted = (404,) if "bearer" in path["open_to"] else wanted  # unknown to whoever has no token
            assert answer.status in wanted, (name, method, answer.status)


def test_the_client_knows_nothing_but_the_contract() -> None:
    tree = ast.parse(Path(ROOT / "tests" / "contract" / "client.py").read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= set(sys.stdlib_module_names)
