"""`lms units import` and `lms units show`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.db import db
from lms.units.commands import cli

GOOD = """
schema: lhp-units/1
units:
  - key: vl/tra-vinh/khom-2
    versions:
      - {name: Khóm 2, kind: khom, parent: vl/tra-vinh, from: 2025-07-01}
"""


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(cli, [*arguments])


def test_a_file_is_taken_in_under_the_name_of_the_operator(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "khom.yaml"
    file.write_text(GOOD, encoding="utf-8")
    done = run(app, "import", str(file))
    assert (done.exit_code, done.stdout) == (0, "1 units created.\n")
    assert set(db.session.scalars(select(AuditEntry.actor))) == {"lms"}
    again = run(app, "import", str(file), "--json")
    assert json.loads(again.stdout)["units_created"] == 0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (GOOD.replace("parent: vl/tra-vinh", "parent: khong-co"), "khong-co"),
        ("schema: [", "Không đọc được tệp"),
        ("- a\n- b\n", "lhp-units/1"),
    ],
)
def test_a_refused_file_says_why_and_exits_with_1(app: Flask, tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "khom.yaml"
    file.write_text(text, encoding="utf-8")
    refused = run(app, "import", str(file))
    assert refused.exit_code == 1
    assert why in refused.stderr and refused.stdout == ""
    assert db.session.scalars(select(AuditEntry.seq)).all() == []


def test_a_file_that_is_not_text_is_refused(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "khom.xlsx"
    file.write_bytes(b"PK\x03\x04\xff\xfe")
    refused = run(app, "import", str(file))
    assert refused.exit_code == 1 and "Không đọc được tệp" in refused.stderr


def test_the_tree_of_a_day_is_shown(app: Flask) -> None:
    shown = run(app, "show", "--on", "31/12/2024", "--scope", "Địa bàn KH 119 (TP. Trà Vinh cũ)")
    assert shown.exit_code == 0
    lines = shown.stdout.splitlines()
    assert lines[0] == "Thành phố Trà Vinh  842  (tv/tp-tra-vinh)"
    assert "  Phường 8  29257  (tv/p8)" in lines
    assert "    Khóm 4  (tv/p8/khom-4)" in lines


def test_the_tree_as_data(app: Flask) -> None:
    shown = json.loads(run(app, "show", "--on", "2026-11-25", "--scope", "current-wards", "--json").stdout)
    assert (shown["on"], shown["scope"]) == ("2026-11-25", "current-wards")
    assert [unit["key"] for unit in shown["units"] if unit["level"] == "ward"] == [
        "vl/hoa-thuan",
        "vl/long-duc",
        "vl/nguyet-hoa",
        "vl/tra-vinh",
    ]
    khom = next(unit for unit in shown["units"] if unit["level"] == "hamlet")
    assert (khom["parent"], khom["from"], khom["to"]) == ("vl/nguyet-hoa", "2025-07-01", None)


@pytest.mark.parametrize("typed", ["kh-119", "KH 119", "Kh119", "địa bàn KH 119 (TP Trà Vinh cũ)"])
def test_a_scope_is_found_however_it_is_typed(app: Flask, typed: str) -> None:
    shown = json.loads(run(app, "show", "--on", "2026-11-25", "--scope", typed, "--json").stdout)
    assert shown["scope"] == "kh-119"


@pytest.mark.parametrize("arguments", [("--on", "31/02/2026"), ("--on", "2026-01-01", "--scope", "khong-co"), ()])
def test_wrong_usage_exits_with_2(app: Flask, arguments: tuple[str, ...]) -> None:
    assert run(app, "show", *arguments).exit_code == 2
