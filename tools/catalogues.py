"""The catalogues of translations: Vietnamese is the source (the msgid), Khmer and English stand beside it.

    tools/catalogues.py update     bring the catalogues up to date with code and templates
    tools/catalogues.py compile    write the .mo files that the site reads
    tools/catalogues.py check      exit 1 if a text is missing, empty, or has other placeholders than its source

An entry flagged `fuzzy` is a draft that no native reader has reviewed; it is shown with a mark, or switched off.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "lms" / "web" / "translations"
LANGUAGES = ("km", "en")
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "_n": (1, 2)}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def source() -> Catalog:
    """Every text of the code and the templates."""
    catalog = Catalog(locale="vi", project="Lớp học phường", charset="utf-8")
    found = extract_from_dir(ROOT / "lms", METHODS, OPTIONS, KEYWORDS, comment_tags=("Translators:",))
    for path, line, text, comments, context in found:
        catalog.add(text, None, [(f"lms/{path}", line)], auto_comments=comments, context=context)
    return catalog


def path_of(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def stored(language: str) -> Catalog:
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, project="Lớp học phường", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update() -> None:
    texts = source()
    for language in LANGUAGES:
        catalog = stored(language)
        catalog.update(texts, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        store(language, catalog)


def store(language: str, catalog: Catalog) -> None:
    path_of(language).parent.mkdir(parents=True, exist_ok=True)
    with path_of(language).open("wb") as file:
        write_po(file, catalog, width=100, sort_output=True, no_location=True, ignore_obsolete=True)


def compile_all() -> None:
    for language in LANGUAGES:
        with path_of(language).with_suffix(".mo").open("wb") as file:
            write_mo(file, stored(language), use_fuzzy=True)


def faults() -> Iterator[str]:
    texts = source()
    for language in LANGUAGES:
        catalog = stored(language)
        for message in texts:
            if message.id:
                yield from (f"{language}: {fault}" for fault in _faults_of(message, catalog.get(message.id)))


def _faults_of(text: Message, entry: Message | None) -> Iterator[str]:
    if entry is None:
        yield f"missing: {text.id!r} (run make translations)"
        return
    said = entry.string if isinstance(entry.string, str) else " ".join(entry.string)
    asked = text.id if isinstance(text.id, str) else text.id[-1]
    if not said.strip():
        yield f"not translated: {text.id!r}"
    elif set(PLACEHOLDER.findall(said)) != set(PLACEHOLDER.findall(asked)):
        yield f"other placeholders: {text.id!r}"


def main(command: str) -> int:
    if command == "check":
        found = list(faults())
        print("\n".join(found[:40]) or "The catalogues are complete.")
        return 1 if found else 0
    {"update": update, "compile": compile_all}[command]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
