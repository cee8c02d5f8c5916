"""Every page that an actor can reach by links, beginning with the addresses of all routes that can be opened."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from tests.access.site import READS, Answer, Site

MOST = 260
_HREF = re.compile(r'(?:href|action)="([^"#]+)')
_FILES = (".pdf",)


def crawl(site: Site, actor: str) -> Iterator[tuple[str, Answer]]:
    """(address, answer) of each page once; links are followed as far as they stay on this site."""
    waiting = [site.url(rule) for method, rule in site.rules() if method in READS]
    seen = set(waiting)
    for _count in range(MOST):
        if not waiting:
            return
        url = waiting.pop(0)
        answer = site.ask(actor, "GET", url)
        yield url, answer
        for found in _links(url, answer):
            if found not in seen:
                seen.add(found)
                waiting.append(found)
    raise AssertionError(f"{actor} has more than {MOST} pages to reach, {len(waiting)} of them unread")


def _links(url: str, answer: Answer) -> Iterator[str]:
    """Addresses of this site in the answer, files and static ones left out."""
    found = [html.unescape(match) for match in _HREF.findall(answer.words)] if answer.status == 200 else []
    for link in filter(None, [*found, answer.location]):
        parts = urlsplit(urljoin(f"http://localhost{url}", link))
        ours = parts.netloc == "localhost" and not parts.path.startswith("/static/")
        if ours and not parts.path.endswith(_FILES):
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path
