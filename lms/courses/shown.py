"""An author's text as the learner sees it today: with our table of law, helplines and pictures."""

from __future__ import annotations

from collections.abc import Mapping

from flask import url_for
from markupsafe import Markup

from lms.courses.content import render
from lms.courses.law import law_table
from lms.courses.pages import Sound
from lms.courses.snapshot import EditionView, ModuleView
from lms.courses.words import labels
from lms.web.helplines import numbers


def rendered(markdown: str, lang: str, media: Mapping[str, str]) -> Markup:
    """An author's text as the learner sees it today, with this application's table of law and helplines."""
    return render(markdown, law=law_table(), hotlines=numbers(), lang=lang, labels=labels(lang), media=media)


def sound_of(edition: EditionView, module: ModuleView, path: object) -> Sound | None:
    """What a lesson's front matter names as `audio`; None where it names nothing that is there."""
    digest = edition.media.get(f"{module.path}/{path}") if isinstance(path, str) else None
    return Sound(digest, _file_url(edition, digest), edition.sizes[digest]) if digest else None


def _file_url(edition: EditionView, digest: str) -> str:
    return url_for("courses.file", code=edition.code, digest=digest)


def media_urls(edition: EditionView, module: ModuleView) -> dict[str, str]:
    """media/… as the module's texts name it → the address of the file."""
    base = f"{module.path}/"
    return {
        path.removeprefix(base): _file_url(edition, digest)
        for path, digest in edition.media.items()
        if path.startswith(base)
    }
