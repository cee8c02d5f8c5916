"""The total that a list states, out of all rows and titles that state one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lms.people.roster.reading.folding import fold
from lms.people.roster.readings import StatedTotal

_COUNTS = r"tong so|tong cong|gom co|danh sach (?:nay )?(?:co|gom)"
_IN_TITLE = re.compile(rf"\b(?:{_COUNTS})\b[^\d]{{0,20}}(\d{{1,6}})\b")
_GRAND = re.compile(r"(?:tong|danh sach|an dinh)\b")
_PART = re.compile(r"(?:tong|cong)(?: so| cong)?(?: nguoi)? (?:khom|ap|to)\b")
_ALL = re.compile(r"tong cong\b")


def title_total(text: str, row_no: int) -> StatedTotal | None:
    """ "(Tổng số: 24 người)" above the header."""
    match = _IN_TITLE.search(fold(text))
    return StatedTotal(int(match[1]), row_no, text) if match else None


def stated_total(totals: Sequence[StatedTotal], people: int) -> StatedTotal | None:
    """The grand total. Partial totals ("Cộng khóm 1: 5") are added up where there is no grand one."""
    candidates = [total for total in totals if _is_grand(total)] or list(totals)
    if not candidates:
        return None
    whole = [total for total in candidates if _ALL.match(fold(total.text))]
    if len(whole) == 1:
        return whole[0]
    *parts, last = candidates
    if not parts or last.count in (sum(part.count for part in parts), people):
        return last
    if len({total.count for total in candidates}) == 1 and len(candidates) == 2:
        return last
    words = " + ".join(total.text for total in candidates)
    return StatedTotal(sum(total.count for total in candidates), last.row_no, words)


def _is_grand(total: StatedTotal) -> bool:
    text = fold(total.text)
    return bool(_GRAND.match(text)) and not _PART.match(text)
