"""From a folder to an edition, and changes of a draft. On both databases."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DatabaseError

from lms.authoring import operations, writing
from lms.authoring.queries import course_line
from lms.courses import enrolments
from lms.courses import operations as courses
from lms.courses.files import sha256
from lms.courses.folder import read_folder
from lms.courses.models import Course, Edition, Enrolment, Lesson
from lms.db import db
from lms.people.scope import unscoped
from lms.quizzes.models import EditionItem, QuestionVersion, Quiz
from lms.web.refusals import Refusal
from tests.authoring.conftest import FOLDER, GOLD, LESSON, MODULE, QUESTIONS, Files, replaced
from tests.factories import Make

pytestmark = pytest.mark.both


def import_(files: Files, publish: bool = False) -> Edition:
    with db.write():
        return operations.import_folder(files, publish, by="account:1")


def the_course() -> Course:
    return db.session.scalars(select(Course)).one()


@pytest.mark.usefixtures("app")
class TestImport:
    def test_the_gold_sample_goes_out_as_it_came_in(self, gold: Files) -> None:
        assert courses.export_files(import_(gold)) == gold

    def test_content_with_errors_stays_a_draft_and_is_not_published(self, gold: Files) -> None:
        assert import_(gold).number is None
        with pytest.raises(operations.ContentRefused) as refused, db.write():
            operations.import_folder(gold, publish=True)
        assert {one.detail for one in refused.value.findings if one.counts} >= {"pool-small", "hours-over"}
        assert db.session.scalar(select(func.count()).select_from(QuestionVersion)) == 0

    def test_publishing_fills_the_bank_and_the_quiz(self, published: Edition, clean: Files) -> None:
        assert (published.number, published.published_by) == (1, "account:1")
        assert db.session.scalar(select(func.count()).select_from(EditionItem)) == 9
        quiz = db.session.scalars(select(Quiz)).one()
        assert quiz.slots == [{"category": "k1-m3", "draw": 2}]
        assert quiz.must_be_right == ["k1-m3-c01", "k1-m3-q01", "k1-m3-q07"]

    def test_the_same_folder_again_changes_nothing(self, published: Edition, clean: Files) -> None:
        assert import_(clean, publish=True).id == published.id
        assert db.session.scalar(select(func.count()).select_from(Edition)) == 1


class TestPublishing:
    def test_a_published_edition_cannot_be_changed(self, published: Edition) -> None:
        with pytest.raises(DatabaseError), db.write() as session:
            session.execute(update(Edition).where(Edition.id == published.id).values(title="Khác"))
        with pytest.raises(DatabaseError), db.write() as session:
            session.execute(update(Lesson).values(body="Khác"))
        with pytest.raises(Refusal), db.write():
            courses.write_draft_file(db.session.get_one(Edition, published.id), LESSON, b"x")

    def test_an_unchanged_draft_is_refused_kindly(self, published: Edition) -> None:
        with db.write():
            courses.start_draft(the_course())
        with pytest.raises(Refusal, match="giống hệt bản số 1"), db.write():
            operations.publish_course(the_course())
        assert courses.draft_of(the_course()) is not None

    def test_without_a_draft_there_is_nothing_to_publish(self, published: Edition) -> None:
        with pytest.raises(Refusal, match="không có bản nháp"), db.write():
            operations.publish_course(the_course())

    def test_a_changed_question_is_a_new_version_and_the_others_stay(self, published: Edition, clean: Files) -> None:
        second = import_(replaced(clean, QUESTIONS, "Đứng chỗ an toàn, gọi", "Đứng nơi an toàn, gọi"), publish=True)
        assert second.number == 2
        assert db.session.scalar(select(func.count()).select_from(QuestionVersion)) == 10
        held = select(func.count()).select_from(EditionItem).where(EditionItem.edition_id == second.id)
        assert db.session.scalar(held) == 9

    def test_learners_under_way_stay_on_their_edition(self, published: Edition, clean: Files, make: Make) -> None:
        early, late = make.person(), make.person()
        with db.write():
            enrolments.enrol(early, the_course())
        second = import_(replaced(clean, LESSON, "Ai phải báo tin?", "Ai báo tin?"), publish=True)
        with db.write():
            enrolments.enrol(late, the_course())
            enrolments.enrol(early, the_course())
        rows = db.session.execute(unscoped(select(Enrolment.person_id, Enrolment.edition_id), "a test counts")).all()
        assert {tuple(row) for row in rows} == {(early, published.id), (late, second.id)}
        line = course_line(the_course())
        assert [(one.number, one.under_way) for one in line.editions] == [(2, 1), (1, 1)]
        assert line.on_older == 1


class TestWriting:
    def test_a_save_made_from_an_older_text_is_refused(self, draft: Edition, clean: Files) -> None:
        opened = sha256(clean[LESSON])
        text = clean[LESSON].decode()
        with db.write():
            writing.save_text(the_course(), LESSON, text + "\nMột.\n", opened)
        with pytest.raises(writing.Changed), db.write():
            writing.save_text(the_course(), LESSON, text + "\nHai.\n", opened)
        assert courses.export_files(draft)[LESSON].decode().endswith("Một.\n")

    @pytest.mark.parametrize("path", ["course.yaml", QUESTIONS, "modules/../x/lesson-01.vi.md", "README"])
    def test_only_texts_are_written_as_texts(self, draft: Edition, path: str) -> None:
        with pytest.raises(Refusal), db.write():
            writing.save_text(the_course(), path, "x", "")

    def test_a_published_course_without_a_draft_is_not_written_to(self, published: Edition, clean: Files) -> None:
        with pytest.raises(Refusal, match="Soạn bản mới"), db.write():
            writing.save_text(the_course(), LESSON, "x", sha256(clean[LESSON]))

    def test_moving_a_lesson_renames_no_file_and_moving_back_leaves_no_trace(
        self, draft: Edition, clean: Files
    ) -> None:
        with db.write():
            writing.move_lesson(the_course(), LESSON, 1)
        moved = courses.export_files(draft)
        assert moved.pop(MODULE) != clean[MODULE]
        assert moved == {path: data for path, data in clean.items() if path != MODULE}
        assert lessons_of(draft) == ["02", "01", "03", "04"]
        with db.write():
            writing.move_lesson(the_course(), LESSON, -1)
        assert courses.export_files(draft) == clean
        assert lessons_of(draft) == ["01", "02", "03", "04"]

    def test_a_lesson_steps_over_the_place_of_one_that_was_taken_out(self, draft: Edition, clean: Files) -> None:
        second, third = LESSON.replace("01", "02"), LESSON.replace("01", "03")
        with db.write():
            removed = writing.delete_lesson(the_course(), second, sha256(clean[second]))
            writing.move_lesson(the_course(), third, -1)
        assert lessons_of(draft) == ["03", "01", "04"]
        with db.write():
            writing.restore_lesson(the_course(), removed)
        assert lessons_of(draft) == ["03", "02", "01", "04"]

    def test_the_first_lesson_stays_where_it_is(self, draft: Edition, clean: Files) -> None:
        with db.write():
            writing.move_lesson(the_course(), LESSON, -1)
        assert courses.export_files(draft) == clean

    def test_an_id_that_was_ever_published_is_never_used_again(self, published: Edition, clean: Files) -> None:
        with db.write():
            courses.start_draft(the_course())
        with db.write():
            writing.delete_question(the_course(), FOLDER, "k1-m3-q08", identity("k1-m3-q08"))
        with db.write():
            assert writing.add_question(the_course(), FOLDER, "single") == "k1-m3-q09"

    def test_a_module_without_questions_gets_its_file(self, draft: Edition) -> None:
        with db.write():
            courses.remove_draft_file(db.session.get_one(Edition, draft.id), QUESTIONS)
        with db.write():
            assert writing.add_question(the_course(), FOLDER, "multiple") == "k1-m3-q01"

    def test_decomposed_letters_are_stored_composed(self, draft: Edition, clean: Files) -> None:
        with db.write():
            writing.save_text(the_course(), MODULE, clean[MODULE].decode() + "Báo tin\r\n", sha256(clean[MODULE]))
        assert courses.export_files(draft)[MODULE].decode().endswith("Báo tin\n")


def lessons_of(draft: Edition) -> list[str]:
    """The numbers of the first module's files, in order."""
    db.session.expire_all()
    return [lesson.file[7:9] for lesson in draft.modules[0].lessons]


def identity(key: str) -> str:
    from lms.authoring.files import items_of
    from lms.quizzes.bank import body_sha256

    draft = courses.draft_of(the_course())
    assert draft is not None
    items = items_of(courses.export_files(draft)[QUESTIONS].decode())
    return body_sha256(next(item for item in items if item["id"] == key))


@pytest.mark.usefixtures("app")
class TestCommands:
    def test_check_says_what_to_mend_and_fails(self, app: Flask) -> None:
        told = app.test_cli_runner().invoke(args=["content", "check", str(GOLD)])
        assert told.exit_code == 1
        assert "E13" in told.output
        listed = app.test_cli_runner().invoke(args=["content", "check", str(GOLD), "--json"])
        rows = json.loads(listed.stdout)
        assert {"code", "severity", "path", "place", "text", "detail", "allowed_reason"} == set(rows[0])

    def test_check_finds_the_tables_above_the_folder_and_needs_no_register(
        self, app: Flask, clean: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        operations.write_folder(tmp_path / "ours" / "k1", clean)
        for name in ("law.yaml", "hotlines.yaml"):
            (tmp_path / "ours" / name).write_bytes((Path("content") / name).read_bytes())
        monkeypatch.chdir(tmp_path)
        settings = app.extensions["settings"].model_copy(update={"content_dir": Path("content")})
        app.extensions["settings"] = settings
        with db.write() as session:
            session.execute(text("ALTER TABLE unit_version RENAME TO elsewhere"))
        told = app.test_cli_runner().invoke(args=["content", "check", "ours/k1"])
        assert told.exit_code == 0, told.output
        assert "chưa có danh mục địa bàn" in told.output
        (tmp_path / "ours" / "law.yaml").unlink()
        app.extensions["settings"] = settings
        told = app.test_cli_runner().invoke(args=["content", "check", "ours/k1"])
        assert (told.exit_code, "Không thấy bảng điều luật" in told.output) == (2, True)

    def test_every_course_of_a_folder_is_taken_in_and_one_that_cannot_be_is_told(
        self, app: Flask, clean: Files, tmp_path: Path
    ) -> None:
        operations.write_folder(tmp_path / "k1-mau", clean)
        other = {
            path: data.replace(b"k1-m3", b"k2-m3").replace(b"code: k1", b"code: k2") for path, data in clean.items()
        }
        operations.write_folder(tmp_path / "k2-mau", other)
        told = app.test_cli_runner().invoke(args=["content", "import", str(tmp_path), "--publish"])
        assert (told.exit_code, told.stdout.splitlines()) == (0, ["Khóa k1, bản số 1.", "Khóa k2, bản số 1."])
        (tmp_path / "k2-mau" / "course.yaml").write_bytes(b"code: [")
        told = app.test_cli_runner().invoke(args=["content", "import", str(tmp_path)])
        assert (told.exit_code, told.stdout.splitlines()) == (1, ["Khóa k1, bản số 1."])

    def test_import_and_export_are_a_round_trip(self, app: Flask, clean: Files, tmp_path: Path) -> None:
        operations.write_folder(tmp_path / "k1-mau", clean)
        run = app.test_cli_runner().invoke
        assert run(args=["content", "import", str(tmp_path / "k1-mau"), "--publish"]).exit_code == 0
        assert run(args=["content", "export", "k1", str(tmp_path / "out")]).exit_code == 0
        assert read_folder(tmp_path / "out") == clean
        assert run(args=["content", "export", "k1", str(tmp_path / "out")]).exit_code == 1
        assert run(args=["content", "export", "k9", str(tmp_path / "other")]).exit_code == 1

    def test_import_of_a_broken_folder_stores_nothing(self, app: Flask, tmp_path: Path) -> None:
        (tmp_path / "course.yaml").write_text("x: [")
        told = app.test_cli_runner().invoke(args=["content", "import", str(tmp_path)])
        assert told.exit_code == 1
        assert "course.yaml" in told.output
        assert db.session.scalar(select(func.count()).select_from(Course)) == 0


def test_dates_in_front_matters_are_days() -> None:
    from lms.authoring.checks.fields import day_of

    assert day_of("2026-11-24") == date(2026, 11, 24)
    assert day_of("24/11/2026") is None
