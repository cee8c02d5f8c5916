"""A page that is the same for all who stand at the same place: drawn once, then only each reader's own is put in.

Nobody's page can reach another: it is drawn by a stand-in who has no name and no person, from nothing but its place.
What is not in the place, or in `_surroundings()`, cannot be on the page.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from flask import g, request, session
from flask_wtf.csrf import generate_csrf
from markupsafe import escape

from lms.access import GrantValue, Viewer
from lms.access.current import act_as, viewer
from lms.db import utc_now
from lms.kept import kept
from lms.text.dates import local_today
from lms.web.languages import select_language

Place = TypeVar("Place", bound=Hashable)

KEPT = 512
_NAME, _FORM = (f"={secrets.token_hex(12)}=" for _ in range(2))
"""Where the reader's name and form token go: words that no author can guess."""


def shared_page(draw: Callable[[Place], str], place: Place) -> str:
    """What `draw(place)` shows this signed-in reader. `draw` must be a function of a module, never a closure."""
    if "_flashes" in session or request.query_string:
        return draw(place)
    key = (draw, place, *_surroundings(viewer()))
    page: str = kept("web: shared pages", KEPT).or_make(key, lambda: _drawn_by_a_stand_in(draw, place))
    return page.replace(_NAME, escape(viewer().name)).replace(_FORM, generate_csrf())


def _surroundings(reader: Viewer) -> tuple[Hashable, ...]:
    """All that the layout around a page depends on."""
    return request.path, select_language(), _capabilities(reader), reader.office, local_today(utc_now())


def _capabilities(reader: Viewer) -> tuple[str, ...]:
    held = {grant.capability for grant in reader.grants} | ({"learner"} if reader.person_id is not None else set())
    return tuple(sorted(held))


def _drawn_by_a_stand_in(draw: Callable[[Place], str], place: Place) -> str:
    with _stand_in(viewer()):
        return draw(place)


@contextmanager
def _stand_in(reader: Viewer) -> Iterator[None]:
    grants = tuple(map(GrantValue, _capabilities(reader)))
    own_token = g.pop("csrf_token", None)
    g.csrf_token = _FORM  # where Flask-WTF keeps the token of a request
    act_as(Viewer(account_id=0, name=_NAME, office=reader.office, grants=grants))
    try:
        yield
    finally:
        act_as(reader)
        g.pop("csrf_token")
        if own_token is not None:
            g.csrf_token = own_token
