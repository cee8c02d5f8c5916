"""Every page of the world of tests/access, for attacks on all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from werkzeug.routing import Rule

from tests.access.site import Site


def addresses(site: Site, *methods: str) -> Iterator[tuple[Rule, str]]:
    """Every route with the address of its object; one that the world does not know yet fails tests/access."""
    for method, rule in site.rules():
        with suppress(LookupError):
            if not methods or method in methods:
                yield rule, site.url(rule)
