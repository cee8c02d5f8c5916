"""Words that must not stand, or only in some places (content-guide.md A9: E01–E11, E14, W02, W03)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from lms.authoring.checks.findings import Context, Finding, letting
from lms.authoring.checks.places import places_in
from lms.authoring.checks.texts import EXACT, HALL, STORY, WRONG, Said

TOKEN = re.compile(r"\{\{duong-day:[a-z0-9-]+\}\}")
GRAPHIC = r"máu me|bê bết|tím bầm|thâm tím|dã man|kinh hoàng|rùng rợn|tới tấp|chém|rạch|cưỡng hiếp|hiếp dâm"


@dataclass(frozen=True)
class Rule:
    """`spares`: the pieces in which these words may stand."""

    code: str
    pattern: re.Pattern[str]
    spares: Callable[[Said], bool] = lambda said: False


def _rule(code: str, pattern: str, spares: Callable[[Said], bool] = lambda said: False) -> Rule:
    return Rule(code, re.compile(pattern), spares)


def _cites(instrument: str) -> Callable[[Said], bool]:
    return lambda said: any(key.startswith(f"{instrument}:") for key in said.keys)


RULES = (
    _rule("E01", r"vì sao (chị|cô|bà|anh|chú|họ)? ?(lại )?không (bỏ đi|rời đi|ly hôn|phản kháng)"),
    _rule("E01", r"(tại|do) (chị|cô ấy|bà ấy|anh ấy|nạn nhân).{0,20}(mới bị|nên bị)|gây ra chuyện"),
    _rule("E02", r"nạn nhân", lambda said: said.kind == EXACT),
    _rule("E03", r"thủ phạm|hung thủ|kẻ (bạo hành|gây bạo lực|vũ phu|đánh)|gã vũ phu"),
    _rule("E04", r"hòa giải (vụ |việc |hành vi )?(bạo lực|đánh)|hoà giải bạo lực"),
    _rule(
        "E05",
        r"đèn nhà ai|đóng cửa bảo nhau|xấu chàng hổ|chín điều lành|roi cho vọt"
        r"|chuyện riêng (trong|của) (nhà|gia đình)|khuyên nhịn|nhẫn nhịn|cam chịu",
        lambda said: said.kind in (STORY, WRONG),
    ),
    _rule("E06", GRAPHIC),
    _rule("E07", r"\b(11[1-5]|1[89]00[ .]?\d{2,4}([ .]?\d{2,4})?|0\d{2,3}[ .]?\d{3}[ .]?\d{3,4})\b"),
    _rule("E09", r"144/2021|167/2013|08/2009|02/2007|\b30 ?m(ét)?\b|cấp huyện|thị trấn|phòng lđtbxh"),
    _rule("E10", r"(?<!\d)\d++([.,]\d++)? ?(–|-|đến)? ?\d*+ triệu", _cites("N282")),
    _rule("E10", r"mẫu (số )?\d+", _cites("N76")),
    _rule(
        "E14",
        r"tuyệt đối an toàn|chắc chắn (không sao|sẽ an toàn)|hứa (sẽ )?không nói",
        lambda said: said.kind == WRONG,
    ),
    _rule("W02", r"\bbạn\b(?! (bè|đời|học|thân))|quý vị", lambda said: said.kind == HALL),
    _rule("W02", r"\b(online|hotline|case|feedback|quiz|check|link|email)\b", lambda said: said.kind == HALL),
    _rule("W02", r"\b(pcblgđ|blgđ|tgpl|ctv)\b", lambda said: said.kind == HALL),
    _rule("W03", r"\b(vì|do|tại) (say|rượu|bia|nghèo|ghen)\b.{0,40}\b(đánh|bạo lực|chửi)"),
    _rule("W03", r"\b(đánh|bạo lực|chửi)\b.{0,40}\b(vì|do|tại) (say|rượu|bia|nghèo|ghen)\b"),
)
GENERAL_LINE, CHILDREN = re.compile(r"bạo lực gia đình"), "trẻ em"
CHILDRENS_LINE = re.compile(r"\b111\b|\{\{duong-day:tre-em\}\}")
NEAR = 60


def word_findings(said: Iterable[Said], context: Context) -> Iterator[Finding]:
    for piece in said:
        yield from letting([*_hits(piece), *_childrens_line(piece), *_places(piece, context)], dict(piece.allowed))


def fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _hits(piece: Said) -> Iterator[Finding]:
    text = TOKEN.sub("", fold(piece.text))
    seen = set()
    for rule in RULES:
        if rule.spares(piece):
            continue
        for hit in rule.pattern.finditer(text):
            if (rule.code, hit.start()) not in seen:
                seen.add((rule.code, hit.start()))
                yield Finding(rule.code, piece.path, piece.place, hit[0].strip())


def _childrens_line(piece: Said) -> Iterator[Finding]:
    """E08: the line for children must never look like the line for domestic violence."""
    text = fold(piece.text)
    for line in CHILDRENS_LINE.finditer(text):
        around = text[max(0, line.start() - NEAR) : line.end() + NEAR]
        if GENERAL_LINE.search(around) and CHILDREN not in around:
            yield Finding("E08", piece.path, piece.place, line[0])


def _places(piece: Said, context: Context) -> Iterator[Finding]:
    if piece.kind == STORY:
        for name in places_in(piece.text, context.place_names):
            yield Finding("E11", piece.path, piece.place, name)
