"""The bank of a draft, filtered as its page asks. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lms.authoring.queries import QuestionLine
from lms.quizzes.items import OTHER_TYPES, PLAYABLE
from lms.text.names import search_key

TYPES = PLAYABLE + OTHER_TYPES


@dataclass(frozen=True)
class Wanted:
    """What the filters say; "" for whatever."""

    text: str = ""
    module: str = ""
    type: str = ""
    difficulty: str = ""
    only: str = ""

    @property
    def query(self) -> dict[str, str]:
        names = {"tim": self.text, "phan": self.module, "loai": self.type, "kho": self.difficulty, "chi": self.only}
        return {name: value for name, value in names.items() if value}


def read_wanted(args: Mapping[str, str]) -> Wanted:
    kind, only = args.get("loai", ""), args.get("chi", "")
    return Wanted(
        text=args.get("tim", "").strip()[:100],
        module=args.get("phan", "")[:40],
        type=kind if kind in TYPES else "",
        difficulty=args.get("kho", "") if args.get("kho", "") in ("1", "2", "3") else "",
        only=only if only in ("bat-buoc", "con-thieu") else "",
    )


def filtered(questions: list[QuestionLine], wanted: Wanted) -> list[QuestionLine]:
    return [one for one in questions if _fits(one, wanted)]


def _fits(one: QuestionLine, wanted: Wanted) -> bool:
    body = one.body
    return (
        (not wanted.module or one.module == wanted.module)
        and (not wanted.type or body.get("type") == wanted.type)
        and (not wanted.difficulty or str(body.get("difficulty")) == wanted.difficulty)
        and (wanted.only != "bat-buoc" or bool(body.get("must_be_right")))
        and (wanted.only != "con-thieu" or bool(one.findings))
        and (not wanted.text or search_key(wanted.text) in search_key(_words(one)))
    )


def _words(one: QuestionLine) -> str:
    """What somebody may remember of a question: its id, its words, its answers, its labels."""
    body = one.body
    rows = body.get("options")
    options = [str(row.get("text")) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    tags = body.get("tags")
    labels = map(str, tags) if isinstance(tags, list) else ()
    return " ".join([one.key, str(body.get("stem")), str(body.get("scenario") or ""), *options, *labels])
