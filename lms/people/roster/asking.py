"""A question to a person: its title, what speaks for each side, the answers in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from lms.people.models import RosterRow
from lms.people.roster.faces import Face
from lms.people.roster.hamlets import hamlet_name
from lms.people.roster.proposals import LATER, Option, Question
from lms.people.roster.words import Lexicon, birth, sentences
from lms.text.phones import show_phone

TITLES = {
    "same_person": _l("Dòng %(row)s. Có phải cùng một người không?"),
    "same_row": _l("Dòng %(row)s. Có phải cùng một người với dòng khác trong tệp không?"),
    "unit": _l("Dòng %(row)s. “%(place)s” là nơi nào?"),
    "unit_missing": _l("Dòng %(row)s. Người này làm ở đâu?"),
    "role": _l("Dòng %(row)s. “%(role)s” là chức danh nào?"),
    "role_missing": _l("Dòng %(row)s. Người này giữ chức danh nào?"),
    "name": _l("Dòng %(row)s. Họ tên đã đủ chưa?"),
    "birth": _l("Dòng %(row)s. Ngày, năm sinh chưa rõ"),
    "sex": _l("Dòng %(row)s. Nam hay nữ?"),
    "phone": _l("Dòng %(row)s. Số điện thoại chưa đọc được"),
    "row": _l("Dòng %(row)s. Có nhận dòng này không?"),
    "post_again": _l("Dòng %(row)s. Người này có giữ chức danh lại không?"),
}
ANSWERS = {
    "same_person:new": _l("Hai người khác nhau"),
    "same_row:different": _l("Hai người khác nhau"),
    "role:keep": _l("Chỉ nhận chức danh đã hiểu"),
    "name:keep": _l("Nhận họ tên như đã ghi"),
    "birth:empty": _l("Nhận người này, để trống năm sinh"),
    "birth:year": _l("Chỉ giữ năm sinh"),
    "sex:nu": _l("Nữ"),
    "sex:nam": _l("Nam"),
    "sex:empty": _l("Chưa rõ, để trống"),
    "phone:empty": _l("Nhận người này, để trống số"),
    "row:keep": _l("Nhận dòng này"),
    "post_again:add": _l("Có, ghi lại từ ngày của danh sách"),
    "post_again:leave": _l("Không, giữ như trong sổ"),
}
SKIP_WORDS = _l("Bỏ qua dòng này")
LATER_WORDS = _l("Để sau")


@dataclass(frozen=True)
class OptionShown:
    answer: str
    text: str


@dataclass(frozen=True)
class QuestionShown:
    """`faces`: the file's line and those it may be. `chosen`: the answer so far, `answer` in words. `alike`: numbers of
    the other rows that ask the same.

    `free`: "unit" or "role" if anything of the viewer's area or line may be chosen from a list beside the options.
    """

    kind: str
    title: str
    facts: tuple[str, ...]
    faces: tuple[Face, ...]
    options: tuple[OptionShown, ...]
    chosen: str
    answer: str
    alike: tuple[int, ...]
    free: str

    @property
    def chosen_freely(self) -> bool:
        return all(option.answer != self.chosen for option in self.options)

    @property
    def answered(self) -> bool:
        return self.chosen != LATER


@dataclass(frozen=True)
class Lookups:
    """Names for everything that questions speak of, read once for a whole page. `rows` by their key."""

    lexicon: Lexicon
    people: Mapping[int, Face]
    rows: Mapping[int, tuple[RosterRow, Face]]
    alike: Mapping[tuple[str, str], Sequence[RosterRow]]


def question_shown(question: Question, row: RosterRow, face: Face, lookups: Lookups) -> QuestionShown:
    chosen = row.decision.get(question.kind, LATER)
    chosen = chosen if question.allows(chosen) else LATER
    options = (*_options(question, row, lookups), OptionShown(LATER, str(LATER_WORDS)))
    others = lookups.alike.get((question.kind, question.alike), ()) if question.alike else ()
    return QuestionShown(
        kind=question.kind,
        title=_title(question, row),
        facts=tuple(sentences(question.reasons, lookups.lexicon)),
        faces=_faces(question, face, lookups),
        options=options,
        chosen=chosen,
        answer=_chosen_words(chosen, options, lookups.lexicon),
        alike=tuple(other.row_no for other in others if other is not row),
        free=question.free.removesuffix(":"),
    )


def _chosen_words(chosen: str, options: Sequence[OptionShown], lexicon: Lexicon) -> str:
    """What was chosen freely is no option, and has its own name."""
    for option in options:
        if option.answer == chosen:
            return option.text
    kind, _colon, value = chosen.partition(":")
    return lexicon.units.get(int(value), "") if kind == "unit" else lexicon.roles.get(value, "")


def _title(question: Question, row: RosterRow) -> str:
    place, role = row.parsed["place"], row.parsed["role_text"]
    kind: str = question.kind
    blank = not place or any(reason.code == "place_two_sources" for reason in question.reasons)
    if (kind == "unit" and blank) or (kind == "role" and not role):
        kind = f"{kind}_missing"
    return str(TITLES[kind]) % {"row": row.row_no, "place": place, "role": role}


def _faces(question: Question, face: Face, lookups: Lookups) -> tuple[Face, ...]:
    people = [option.values["person"] for option in question.options if "person" in option.values]
    rows = [option.values["row"] for option in question.options if "row" in option.values]
    others = [lookups.people[person_id] for person_id in people if person_id in lookups.people]
    others += [lookups.rows[key][1] for key in rows if key in lookups.rows]
    return (face, *others) if others else ()


def _options(question: Question, row: RosterRow, lookups: Lookups) -> list[OptionShown]:
    several = sum(option.answer.startswith(("person:", "row:")) for option in question.options) > 1
    shown = [OptionShown(o.answer, _answer(question, o, row, lookups, several=several)) for o in question.options]
    if question.kind == "unit" and (name := _new_hamlet(question, row)):
        text = gettext("Thêm “%(name)s” vào danh mục khóm, ấp", name=name)
        shown.insert(0, OptionShown("unit:new", str(text)))
    return shown


def _new_hamlet(question: Question, row: RosterRow) -> str | None:
    unknown = any(reason.code in ("unit_unknown", "unit_elsewhere") for reason in question.reasons)
    return hamlet_name(row.parsed["place"]) if unknown and row.parsed["units"]["whole"] else None


def _answer(question: Question, option: Option, row: RosterRow, lookups: Lookups, *, several: bool) -> str:
    answer = option.answer
    if answer == "skip":
        return str(SKIP_WORDS)
    if answer.startswith("person:"):
        return _same_person(option, row, lookups, several=several)
    if answer.startswith("row:") and "row" in option.values:
        other = lookups.rows[option.values["row"]][0]
        return str(gettext("Cùng một người với dòng %(row)s", row=other.row_no))
    if answer.startswith("unit:"):
        return _unit(int(answer.removeprefix("unit:")), row, lookups.lexicon)
    if answer == "keep" and question.kind == "birth":
        read = birth(row.parsed["birth"])
        return str(
            gettext("Giữ như đã đọc: %(birth)s", birth=read)
            if question.alike
            else gettext("Đúng là %(birth)s", birth=read)
        )
    if answer == "keep" and question.kind == "phone":
        return str(gettext("Số đúng là %(phone)s", phone=show_phone(row.parsed["phone"])))
    return str(ANSWERS[f"{question.kind}:{answer}"])


def _same_person(option: Option, row: RosterRow, lookups: Lookups, *, several: bool) -> str:
    face = lookups.people.get(option.values["person"])
    if face is None:
        return str(gettext("Cùng một người, đang có trong sổ ở địa bàn khác"))
    if several:
        named = ", ".join(filter(None, (face.full_name, face.birth, face.phone)))
        return str(gettext("Cùng một người: %(person)s", person=named))
    new_phone = row.parsed["phone"] and face.phone and show_phone(row.parsed["phone"]) != face.phone
    return str(gettext("Cùng một người, thêm số mới") if new_phone else gettext("Cùng một người"))


def _unit(unit_id: int, row: RosterRow, lexicon: Lexicon) -> str:
    name = lexicon.units.get(unit_id) or str(unit_id)
    if unit_id == row.parsed["units"]["whole"]:
        return str(gettext("Ghi chung ở %(ward)s", ward=name))
    return name
