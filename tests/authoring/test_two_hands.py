"""Two trainers at one draft: what is published is what was checked, and what its hash says."""

from __future__ import annotations

import threading

import pytest
from flask import Flask

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.authoring import operations, publishing
from lms.courses import operations as courses
from lms.courses.files import content_hash
from lms.courses.models import Edition
from lms.courses.snapshot import edition_view
from lms.db import db
from lms.web.refusals import Refusal
from tests.authoring.conftest import LESSON, Files


@pytest.mark.both
def test_who_saves_while_another_publishes_waits_and_is_told(
    app: Flask, clean: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    act_as(SYSTEM)
    with db.write():
        draft_id = operations.import_folder(clean).id
    told: list[str] = []

    def save() -> None:
        with app.app_context():
            act_as(SYSTEM)
            try:
                with db.write():
                    edition = db.session.get_one(Edition, draft_id)
                    courses.write_draft_file(edition, LESSON, clean[LESSON] + "\nCâu mới.\n".encode())
            except Refusal as refusal:
                told.append(refusal.message)

    other, real = threading.Thread(target=save), publishing.check_package

    def check_slowly(*given: object) -> object:
        other.start()
        other.join(1)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(publishing, "check_package", check_slowly)
    with db.write():
        operations.publish_draft(db.session.get_one(Edition, draft_id), by="test")
    other.join(20)
    db.session.rollback()
    edition = db.session.get_one(Edition, draft_id)
    files = courses.export_files(edition)
    assert edition.content_hash == content_hash(files)
    assert files[LESSON] == clean[LESSON] and "Câu mới" not in edition_view(draft_id).lessons[0].body
    assert told and "đã phát hành nên không sửa được" in told[0]
