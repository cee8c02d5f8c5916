"""The renderer's few words in the language of the text they stand in."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from lms.courses.content import VIETNAMESE, Labels


def labels(lang: str) -> Labels:
    """In Vietnamese for a Vietnamese text, even on a Khmer page: a label belongs to the text below it."""
    if lang == "vi":
        return VIETNAMESE
    with force_locale(lang):
        return Labels(
            case=_("Tình huống"),
            care=_("Lưu ý"),
            law=_("Căn cứ"),
            keep=_("Ghi nhớ"),
            ask=_("hỏi số của phường"),
        )
