"""The screens of a learner for readers of Khmer: every text, its draft, and room for what they say.

    python -m tools.interface_sheet out FILE.csv     the sheet; what an older FILE.csv says of the same words stays
    python -m tools.interface_sheet in FILE.csv      drafts and verdicts into the catalogue; signatures beside the sheet

A text is a draft (fuzzy in the catalogue, marked on the page) until two different readers found it right.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog, Message

from lms.authoring.sheets.carrying import filled
from lms.authoring.sheets.lines import Line
from lms.authoring.sheets.signed import Signatures, read_signatures, write_signatures
from lms.authoring.sheets.table import Row, check_verdicts, read_rows, verdict_of, write_rows
from lms.db import utc_now
from lms.text.dates import local_today
from tools.catalogues import PLACEHOLDER, source, store, stored

LANGUAGE, FILE = "km", "giao-dien"
LEARNER = re.compile(
    r"lms/(?:courses/(?:templates|words)|talks/templates/talks/(?:talks|kit)|operate/personal/templates"
    r"|quizzes/(?:templates/quizzes/(?:attempts?|confirm|intro|item|overview|parts|practice|practice_closed|result)\b"
    r"|attempts|next_step|queries/paper|decisions)"
    r"|certificates/templates/certificates/(?:records|record|confirm|check)\b"
    r"|accounts/templates/accounts/(?:sign_in|unlock|me|choose_pin|card|dead_card|my_phone|other_person|reset|send_again)\b"
    r"|web/(?:templates/(?:layout|macros|error|refusal|guide|privacy)\b|errors|helplines|charts))"
)


def lines() -> list[Line]:
    """The texts that a learner can meet, in the order of the code that shows them."""
    catalog, found = stored(LANGUAGE), []
    for message in source():
        if isinstance(message.id, str) and message.id and any(LEARNER.match(path) for path, _ in message.locations):
            said = catalog.get(message.id)
            draft = str(said.string) if said is not None else ""
            number = hashlib.sha256(message.id.encode()).hexdigest()[:8]
            found.append(Line(FILE, number, message.id, draft, number))
    return found


def out(sheet: Path) -> int:
    """Write the sheet; how many texts it holds."""
    old = read_rows(sheet.read_bytes()).values() if sheet.exists() else ()
    rows, _lost = filled(lines(), old)
    sheet.write_bytes(write_rows(rows))
    return len(rows)


def take_in(sheet: Path, book: Path) -> tuple[int, list[str]]:
    """(how many texts now say something else, what was not taken and why). Nothing is written on SheetFault."""
    rows = read_rows(sheet.read_bytes())
    check_verdicts(rows)
    signatures = read_signatures(book.read_bytes(), FILE) if book.exists() else Signatures(place=FILE)
    catalog, known = stored(LANGUAGE), {line.source: line for line in lines()}
    left = list(_faults(rows, known))
    taken = [row for row in rows.values() if row.source in known and _fits(row)]
    changed = sum(_take(catalog, known[row.source], row, signatures) for row in taken)
    store(LANGUAGE, catalog)
    if list(signatures):
        book.write_bytes(write_signatures(signatures))
    return changed, left


def _faults(rows: Mapping[int, Row], known: Mapping[str, Line]) -> Iterator[str]:
    for at, row in rows.items():
        if row.source not in known:
            yield f"row {at}: no page says this any more"
        elif not _fits(row):
            yield f"row {at}: the marks %(…)s must stay as they are"


def _fits(row: Row) -> bool:
    return bool(row.draft) and sorted(PLACEHOLDER.findall(row.draft)) == sorted(PLACEHOLDER.findall(row.source))


def _take(catalog: Catalog, line: Line, row: Row, signatures: Signatures) -> bool:
    message = catalog.get(line.source)
    assert isinstance(message, Message)
    changed = message.string != row.draft
    message.string = row.draft
    today = local_today(utc_now()).isoformat()
    signatures.judge(verdict_of(row), line.unit, line.source, row.draft, row.reader, today)
    if signatures.complete(line.unit, line.source, row.draft):
        message.flags.discard("fuzzy")
    else:
        message.flags.add("fuzzy")
    return changed


def main(verb: str, file: str) -> int:
    if verb == "out":
        print(f"{out(Path(file))} texts in {file}")
        return 0
    changed, left = take_in(Path(file), Path(file).with_name("signed.csv"))
    print("\n".join([*left, f"{changed} texts changed, {len(left)} not taken"]))
    return 1 if left else 0


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("out", "in"):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
