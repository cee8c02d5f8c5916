"""The curriculum (content/curriculum.yaml, schema lhp-curriculum/1): the hours that were planned for each course."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from lms.courses.documents import DocumentError, decode, load_yaml
from lms.courses.rules import amount

SCHEMA = "lhp-curriculum/1"


@dataclass(frozen=True)
class PlannedCourse:
    """Tiết, online and in person; `modules`: of each module by its position from 1, both ways together."""

    online: Decimal
    in_person: Decimal
    modules: Mapping[int, Decimal]


def read_curriculum(data: bytes) -> dict[str, PlannedCourse]:
    """Course code → its hours. DocumentError where the file is not of the schema."""
    document = load_yaml(decode(data))
    courses = document.get("courses") if isinstance(document, dict) else None
    if not isinstance(courses, dict) or document.get("schema") != SCHEMA:
        raise DocumentError("curriculum-schema")
    return {str(code): _planned(row) for code, row in courses.items()}


def curriculum(content_dir: Path) -> dict[str, PlannedCourse]:
    """Of a site; empty where an office keeps its own courses without one."""
    path = content_dir / "curriculum.yaml"
    return read_curriculum(path.read_bytes()) if path.is_file() else {}


def _planned(row: Any) -> PlannedCourse:
    if not isinstance(row, dict) or not isinstance(row.get("modules"), list):
        raise DocumentError("curriculum-schema")
    modules = {position: amount(hours) for position, hours in enumerate(row["modules"], 1)}
    return PlannedCourse(amount(row.get("tiet_tt")), amount(row.get("tiet_ttr")), modules)
