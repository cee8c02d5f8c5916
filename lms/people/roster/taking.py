"""A stored row and the answers given so far → the `Listed` that is matched, with its own questions. Pure.

`parsed` is what roster_row holds: the reading of the row in JSON (`pack`), and the units that its place may be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lms.people.roster.changes import pack_birth, unpack_birth
from lms.people.roster.names import names_of
from lms.people.roster.proposals import (
    EMPTY,
    KEEP,
    LATER,
    SKIP,
    Kind,
    Listed,
    Option,
    Question,
    Reason,
)
from lms.people.roster.readings import RowReading
from lms.text.dates import PartialDate

MIXED = "mixed_dates"  # a doubt about a whole column: one answer serves all of its rows, and leaves none out
_FAULTS = ("name_missing", "name_unclear", "name_damaged", "name_letters", "name_too_long")
_KINDS: dict[str, Kind] = {
    "name_incomplete": "name",
    "only_name": "row",
    "hidden_row": "row",
    "hidden_sheet": "row",
    "role_unknown": "role",
    "role_missing": "role",
    "both_sexes": "sex",
    "sex_unclear": "sex",
    "mixed_dates": "birth",
}
_KIND_OF_FIELD: dict[str, Kind] = {
    "nam": "sex",
    "nu": "sex",
    "sex": "sex",
    "birth": "birth",
    "birth_day": "birth",
    "birth_month": "birth",
    "birth_year": "birth",
    "phone": "phone",
    "role": "role",
    "place": "unit",
    "ward": "unit",
    "unit": "unit",
}


def pack(reading: RowReading) -> dict[str, Any]:
    """The reading as JSON; the raw cells are kept beside it."""
    return {
        "full_name": reading.full_name,
        "note": reading.note,
        "sex": reading.sex,
        "birth": pack_birth(reading.birth),
        "phone": reading.phone,
        "phone_spare": reading.phone_spare,
        "roles": list(reading.role_codes),
        "role_text": reading.role_text,
        "place": reading.place_text,
        "row_key": reading.row_key,
        "problems": [[remark.code, remark.field, remark.raw] for remark in reading.problems],
        "notes": [[remark.code, remark.field, remark.raw] for remark in reading.notes],
    }


def take(
    key: int, row_no: int, parsed: Mapping[str, Any], decision: Mapping[str, str], settled: int | None = None
) -> Listed:
    """What the row says once the answers are put in. `parsed["units"]`: see `resolving.Resolved`."""
    asked = _asked(parsed, decision)
    birth = _birth(unpack_birth(parsed["birth"]), decision)
    phone = None if decision.get("phone") == EMPTY else parsed["phone"]
    return Listed(
        key=key,
        row_no=row_no,
        names=names_of(parsed["full_name"]),
        sex=_sex(parsed, decision),
        birth=birth,
        phone=phone,
        phone_spare=parsed["phone_spare"] if phone else None,
        row_key=parsed["row_key"],
        roles=_roles(parsed, decision),
        unit_id=_unit(parsed, decision),
        questions=tuple(_question(kind, reasons, parsed) for kind, reasons in asked.items()),
        faults=tuple(_faults(parsed)),
        notes=tuple(_notes(parsed)),
        decision=decision,
        settled=settled,
    )


def _faults(parsed: Mapping[str, Any]) -> Iterable[Reason]:
    for code, _, raw in parsed["problems"]:
        if code in _FAULTS:
            yield Reason(code, {"raw": raw})
    if parsed["roles_dropped"] and not parsed["roles"]:
        yield Reason("outside_your_line", {"roles": parsed["roles_dropped"]})


def _notes(parsed: Mapping[str, Any]) -> Iterable[Reason]:
    for code, _, raw in parsed["notes"]:
        yield Reason(code, {"raw": raw})
    if parsed["roles_dropped"] and parsed["roles"]:
        yield Reason("role_outside_line", {"roles": parsed["roles_dropped"]})


def _asked(parsed: Mapping[str, Any], decision: Mapping[str, str]) -> dict[Kind, list[Reason]]:
    """The kinds of question behind the problems of the reading, each with its reasons."""
    asked: dict[Kind, list[Reason]] = {}
    for code, field, raw in parsed["problems"]:
        if code not in _FAULTS:
            asked.setdefault(_kind(code, field), []).append(Reason(code, {"raw": raw, "field": field}))
    if parsed["units"]["sure"] is None:
        asked.setdefault("unit", []).append(Reason(parsed["units"]["why"], {"raw": parsed["place"] or ""}))
    elif decision.get("unit", LATER) != LATER:  # known since: what was answered can still be seen and changed
        asked.setdefault("unit", [])
    return asked


def _kind(code: str, field: str) -> Kind:
    if code in _KINDS:
        return _KINDS[code]
    for prefix, kind in (("birth", "birth"), ("phone", "phone")):
        if code.startswith(prefix):
            return kind  # type: ignore[return-value]
    return _KIND_OF_FIELD.get(field, "row")


def _question(kind: Kind, reasons: list[Reason], parsed: Mapping[str, Any]) -> Question:
    codes = {reason.code for reason in reasons}
    alike = ""
    if kind == "unit" and codes <= {parsed["units"]["why"]}:  # a doubt about this row's own cell is nobody else's
        alike = f"unit:{parsed['units']['within']}:{parsed['place'] or ''}"
    elif kind == "role":
        alike = f"role:{'+'.join(parsed['roles'])}:{parsed['role_text']}"
    elif codes == {"hidden_sheet"}:
        alike = f"row:{reasons[0].values['raw']}"
    elif codes == {MIXED}:
        alike = f"birth:{MIXED}"
    free = f"{kind}:" if kind in ("unit", "role") else ""
    answers = [answer for answer in _answers(kind, parsed) if codes != {MIXED} or answer != SKIP]
    return Question(kind, tuple(map(Option, answers)), tuple(reasons), alike, free)


def _answers(kind: Kind, parsed: Mapping[str, Any]) -> list[str]:
    if kind == "unit":
        units = parsed["units"]
        places = dict.fromkeys(filter(None, (units["sure"], *units["options"], units["whole"])))
        return [*(f"unit:{unit_id}" for unit_id in places), SKIP]
    if kind == "role":
        return [*([KEEP] if parsed["roles"] else []), SKIP]
    if kind == "sex":
        return ["nu", "nam", EMPTY]
    if kind == "birth":
        return [*_births_to_keep(parsed), EMPTY, SKIP]
    if kind == "phone":
        return [*([KEEP] if parsed["phone"] else []), EMPTY, SKIP]
    return [KEEP, SKIP]


def _births_to_keep(parsed: Mapping[str, Any]) -> list[str]:
    birth = unpack_birth(parsed["birth"])
    if birth is None:
        return []
    return [KEEP] if birth.precision == "year" else [KEEP, "year"]


def _birth(birth: PartialDate | None, decision: Mapping[str, str]) -> PartialDate | None:
    answer = decision.get("birth")
    if answer == EMPTY or birth is None:
        return None
    return PartialDate(birth.value.replace(month=1, day=1), "year") if answer == "year" else birth


def _sex(parsed: Mapping[str, Any], decision: Mapping[str, str]) -> str | None:
    answer = decision.get("sex", LATER)
    return answer if answer in ("nu", "nam") else parsed["sex"]


def _roles(parsed: Mapping[str, Any], decision: Mapping[str, str]) -> tuple[str, ...]:
    answer = decision.get("role", "")
    chosen = [answer.removeprefix("role:")] if answer.startswith("role:") else []
    return tuple(dict.fromkeys((*parsed["roles"], *chosen)))


def _unit(parsed: Mapping[str, Any], decision: Mapping[str, str]) -> int | None:
    answer = decision.get("unit", "")
    if answer.startswith("unit:"):
        return int(answer.removeprefix("unit:"))
    sure: int | None = parsed["units"]["sure"]
    return sure
