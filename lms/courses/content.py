"""An author's Markdown (content-guide.md A8) as HTML that can do nothing but be read. Pure.

Three walls: markdown-it with `html=False` (tags are shown as text), renderers of our own for what carries an
address or a class, and nh3's allow-list over the result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.container import container_plugin

from lms.courses.law import LawTable, cite

HIDDEN = r"<!--(?:(?!-->|<!--).)*-->"
"""A comment. None begins inside another: a text of nothing but beginnings would else be read from each to its end."""
COMMENT_LINES = re.compile(rf"^[ \t]*{HIDDEN}[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
COMMENT = re.compile(HIDDEN, re.DOTALL)
TOKEN = re.compile(r"\{\{duong-day:([a-z0-9-]+)\}\}")
MEDIA_URL = re.compile(r"(?:/[\w.-]+)*/khoa-hoc/[a-z0-9-]+/tep/[0-9a-f]{64}")

Env = MutableMapping[Any, Any]

CASE, CARE, LAW, KEEP = "tinh-huong", "luu-y", "luat", "ghi-nho"
LOOKS = {CASE: "case", CARE: "note", LAW: "law", KEEP: "note"}


@dataclass(frozen=True)
class Labels:
    """The few words that the renderer adds, in the language of the text; Vietnamese by default."""

    case: str = "Tình huống"
    care: str = "Lưu ý"
    law: str = "Căn cứ"
    keep: str = "Ghi nhớ"
    ask: str = "hỏi số của phường"

    def of(self, container: str) -> str:
        return {CASE: self.case, CARE: self.care, LAW: self.law, KEEP: self.keep}[container]


VIETNAMESE = Labels()


def render(
    markdown: str,
    *,
    law: LawTable,
    hotlines: Mapping[str, str],
    lang: str = "vi",
    labels: Labels = VIETNAMESE,
    media: Mapping[str, str] | None = None,
) -> Markup:
    """Safe HTML. `hotlines`: key → number to show today; `media`: path as the text names it → address.

    A hotline key without a number prints "(hỏi số của phường)". A picture whose path is not in `media` prints
    its words. Headings start at h2: the page's own title is the one h1. Citations stay Vietnamese everywhere.
    """
    numbers, pictures = tuple(sorted(hotlines.items())), tuple(sorted((media or {}).items()))
    return _render(markdown, law, numbers, lang, labels, pictures)


@lru_cache(maxsize=1024)
def _render(
    markdown: str,
    law: LawTable,
    hotlines: tuple[tuple[str, str], ...],
    lang: str,
    labels: Labels,
    media: tuple[tuple[str, str], ...],
) -> Markup:
    env = {"law": law, "hotlines": dict(hotlines), "lang": lang, "labels": labels, "media": dict(media)}
    return Markup(_CLEANER.clean(_MARKDOWN.render(without_comments(markdown), env)))


def without_comments(markdown: str) -> str:
    """Notes to fellow authors are no text. A line of nothing else goes whole: no paragraph is cut in two."""
    return COMMENT.sub("", COMMENT_LINES.sub("", markdown)).rstrip("\n") + "\n"


def blank_comments(markdown: str) -> str:
    """The same text with its notes blanked out, line for line: for saying where something stands."""
    return COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), markdown)


def parse(text: str) -> list[Token]:
    """The block tokens of a text without notes: for reading what it says (`passages`), not for HTML."""
    return _MARKDOWN.parse(text.rstrip("\n") + "\n", {})


def _hotline_rule(state: StateInline, silent: bool) -> bool:
    match = TOKEN.match(state.src, state.pos) if state.src.startswith("{{", state.pos) else None
    if match is None:
        return False
    if not silent:
        token = state.push("hotline", "", 0)
        token.content = match[1]
        token.meta = {"in_link": state.linkLevel > 0}
    state.pos = match.end()
    return True


def _tidy(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"
        elif token.type == "th_open":
            token.attrs = {"scope": "col"}


def _open_container(self: Any, tokens: Sequence[Token], at: int, options: Any, env: Env) -> str:
    name, _, key = tokens[at].info.strip().partition(" ")
    words = escapeHtml(env["labels"].of(name))
    article = cite(env["law"], key.strip()) if name == LAW else None
    if article:
        shown = escapeHtml(article)
        words += f": {shown}" if env["lang"] == "vi" else f': <span lang="vi">{shown}</span>'
    return f'<aside class="{LOOKS[name]}"><p class="label">{words}</p>\n'


def _close_container(self: Any, tokens: Sequence[Token], at: int, options: Any, env: Env) -> str:
    return "</aside>\n"


def _hotline(self: Any, tokens: Sequence[Token], at: int, options: Any, env: Env) -> str:
    number = env["hotlines"].get(tokens[at].content)
    if not number:
        return f"({escapeHtml(env['labels'].ask)})"
    shown = escapeHtml(number.replace(" ", "\u00a0"))
    if tokens[at].meta["in_link"]:
        return shown
    return f'<a href="tel:{re.sub("[^0-9+]", "", number)}">{shown}</a>'


def _image(self: Any, tokens: Sequence[Token], at: int, options: Any, env: Env) -> str:
    token = tokens[at]
    alt = escapeHtml(self.renderInlineAsText(token.children or [], options, env))
    address = env["media"].get(unquote(str(token.attrs.get("src", ""))))
    return f'<img src="{escapeHtml(address)}" alt="{alt}" loading="lazy">' if address else alt


def _is_container(name: str) -> Any:
    return lambda params, markup: params.strip().partition(" ")[0] == name


def _make_markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "xhtmlOut": False})
    made.enable("table").disable(["html_block", "html_inline"])
    for name in LOOKS:
        container_plugin(made, name, validate=_is_container(name), render=None)
        made.add_render_rule(f"container_{name}_open", _open_container)
        made.add_render_rule(f"container_{name}_close", _close_container)
    made.inline.ruler.before("link", "hotline", _hotline_rule)
    made.core.ruler.push("tidy", _tidy)
    made.add_render_rule("hotline", _hotline)
    made.add_render_rule("image", _image)
    return made


def _own_media_only(address: str) -> str | None:
    return address if MEDIA_URL.fullmatch(address) else None


_TAGS = {
    *("p", "br", "hr", "strong", "em", "code", "pre", "blockquote", "a", "img", "span", "aside"),
    *("ul", "ol", "li", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
_MARKDOWN = _make_markdown()
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes={
        "a": {"href"},
        "img": {"src", "alt", "loading"},
        "ol": {"start"},
        "th": {"scope"},
        "span": {"lang"},
    },
    allowed_classes={"aside": set(LOOKS.values()), "p": {"label"}},
    url_schemes={"tel"},
    url_relative=_own_media_only,
    link_rel=None,
    strip_comments=True,
)
