"""The lesson that an item names for reading again: in the editor, and when lessons change places."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from lms.authoring import writing
from lms.authoring.files import items_of
from lms.courses.models import Edition
from lms.courses.operations import export_files
from lms.db import db
from tests.authoring.conftest import FOLDER, QUESTIONS, Files
from tests.authoring.test_views import AT, files_of, form_of

AT_ITEM = f"{AT}/cau-hoi/k1-m3-q02"


def named_by(files: Files) -> dict[str, str]:
    return {item["id"]: item.get("read_again", "") for item in items_of(files[QUESTIONS].decode())}


def test_the_editor_offers_the_lessons_and_keeps_the_choice(draft: Edition, trainer: FlaskClient, clean: Files) -> None:
    form = form_of(trainer.get(AT_ITEM))
    assert form["read_again"] == ["lesson-03.vi.md"]
    trainer.post(AT_ITEM, data=form)
    assert files_of(draft) == clean
    trainer.post(AT_ITEM, data=form | {"read_again": "lesson-01.vi.md"})
    assert named_by(files_of(draft)) == named_by(clean) | {"k1-m3-q02": "lesson-01.vi.md"}


def test_an_item_without_a_lesson_stays_without(draft: Edition, trainer: FlaskClient, clean: Files) -> None:
    at = f"{AT}/cau-hoi/k1-m3-q01"
    form = form_of(trainer.get(at))
    assert form["read_again"] == [""]
    trainer.post(at, data=form)
    assert files_of(draft) == clean


@pytest.mark.both
def test_a_lesson_that_moves_is_still_the_one_that_is_named(draft: Edition) -> None:
    before = export_files(draft)[QUESTIONS]
    with db.write():
        writing.move_lesson(draft.course, f"modules/{FOLDER}/lesson-03.vi.md", -1)
    assert export_files(draft)[QUESTIONS] == before
    assert [lesson.file[7:9] for lesson in draft.modules[0].lessons] == ["01", "03", "02", "04"]


OURS = Path("content/k1-kien-thuc-chung")


@pytest.mark.parametrize(("key", "lesson"), [("q07", 19), ("q42", 19), ("q58", 18), ("q62", 5), ("q64", 10)])
def test_ours_lead_to_the_lesson_that_teaches_it(key: str, lesson: int) -> None:
    """What a stranger was sent wrong about: cries for help, Điều 20.3, neglect, gossip at the market."""
    questions = next((OURS / "modules").glob("01-*/questions.yaml")).read_text()
    named = {item["id"]: item.get("read_again") for item in items_of(questions)}
    assert named[f"k1-m1-{key}"] == f"lesson-{lesson:02d}.vi.md"
