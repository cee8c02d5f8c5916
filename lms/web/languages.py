"""The learner's choice of language: this visit's choice, else the account's, else Vietnamese."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Flask, current_app, has_request_context, session
from flask_babel import get_locale, get_translations

LANGUAGES = {"vi": "Tiếng Việt", "km": "ខ្មែរ", "en": "English"}
DRAFTS = ("km", "en")


def offered() -> dict[str, str]:
    """Languages a page may offer; drafts no native reader has reviewed can be switched off by a setting."""
    drafts = current_app.extensions["settings"].draft_languages
    return {code: name for code, name in LANGUAGES.items() if drafts or code not in DRAFTS}


def select_language() -> str:
    chosen = session.get("language") if has_request_context() else None
    return chosen if chosen in offered() else "vi"


def others(codes: Collection[str]) -> dict[str, str]:
    """What a switch offers: those of `codes` but the present one, each by its own name."""
    present = select_language()
    return {code: name for code, name in offered().items() if code in codes and code != present}


def install(app: Flask) -> None:
    """A page looks up some twenty texts: find its catalogue by the language at hand, not anew for each of them."""
    kept: dict[object, Any] = {}

    def catalogue() -> Any:
        locale = get_locale()
        if locale not in kept:
            kept[locale] = get_translations()
        return kept[locale]

    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: catalogue().ugettext(text),
        ngettext=lambda one, many, count: catalogue().ungettext(one, many, count),
        pgettext=lambda context, text: catalogue().upgettext(context, text),
        npgettext=lambda context, one, many, count: catalogue().unpgettext(context, one, many, count),
        newstyle=True,
    )
