"""Editions: in, changed as drafts, published for good, and out again unchanged. On both databases."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError

from lms.audit.models import AuditEntry
from lms.courses import operations
from lms.courses.files import content_hash
from lms.courses.models import Course, Edition, EditionFile, Lesson, Module
from lms.db import db
from lms.web.refusals import Refusal
from tests.courses.conftest import Files

pytestmark = pytest.mark.both

LESSON = "modules/03-bao-tin/lesson-01.vi.md"
COURSE = "course.yaml"


def import_(files: Files) -> Edition:
    with db.write():
        return operations.import_package(files)


def publish(edition: Edition) -> Edition:
    with db.write():
        return operations.publish(db.session.get_one(Edition, edition.id), by="account:1")


def the_course() -> Course:
    return db.session.scalars(select(Course).where(Course.code == "k1")).one()


def changed(files: Files, title: str = "Bài đã sửa") -> Files:
    return files | {LESSON: files[LESSON].replace("Ai phải báo tin?".encode(), title.encode())}


@pytest.mark.usefixtures("app")
class TestImport:
    def test_a_package_becomes_a_draft_with_its_modules_and_lessons(self, gold: Files) -> None:
        edition = import_(gold)
        assert (edition.number, edition.title) == (None, "Kiến thức chung về phòng, chống bạo lực gia đình")
        assert (edition.tiet_online, edition.tiet_in_person, edition.validity_months) == (
            Decimal(1),
            Decimal(0),
            12,
        )
        (module,) = db.session.scalars(select(Module)).all()
        assert (module.code, module.position) == ("k1-m3", 3)
        assert [lesson.title for lesson in module.lessons][0] == "Ai phải báo tin?"

    def test_it_comes_out_byte_for_byte(self, gold: Files) -> None:
        gold["modules/03-bao-tin/media/hem.svg"] = b'<svg xmlns="http://www.w3.org/2000/svg"><path/></svg>'
        gold["README"] = b"\r\n\xef\xbb\xbf binary \x00\xff"
        assert operations.export_files(import_(gold)) == gold

    def test_a_second_import_replaces_the_draft(self, gold: Files) -> None:
        first = import_(gold)
        second = import_({path: data for path, data in changed(gold).items() if "lesson-04" not in path})
        assert second.id == first.id
        assert db.session.scalar(select(func.count()).select_from(Lesson)) == 3
        assert db.session.scalars(select(Lesson.title).order_by(Lesson.position)).first() == "Bài đã sửa"

    def test_the_same_bytes_as_the_newest_edition_change_nothing(self, gold: Files) -> None:
        edition = publish(import_(gold))
        entries = db.session.scalar(select(func.count()).select_from(AuditEntry))
        assert import_(gold).id == edition.id
        assert db.session.scalar(select(func.count()).select_from(Edition)) == 1
        assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == entries

    def test_a_package_that_cannot_be_stored_is_refused_and_leaves_nothing(self, gold: Files) -> None:
        with pytest.raises(Refusal, match="ngoài thư mục"):
            import_(gold | {"../x": b""})
        with pytest.raises(Refusal, match="mô tả khóa học"):
            import_({path: data for path, data in gold.items() if path != COURSE})
        assert db.session.scalar(select(func.count()).select_from(Course)) == 0

    def test_an_unfinished_package_is_a_draft_but_cannot_be_published(self, gold: Files) -> None:
        edition = import_(gold | {LESSON: b"---\nminutes: 2\n---\nx"})
        with pytest.raises(Refusal, match="thiếu dòng “title”"):
            publish(edition)
        assert db.session.get_one(Edition, edition.id, populate_existing=True).number is None


@pytest.mark.usefixtures("app")
class TestDraft:
    def test_a_draft_starts_from_the_newest_edition_and_is_made_once(self, gold: Files) -> None:
        publish(import_(gold))
        with db.write():
            draft = operations.start_draft(the_course())
            again = operations.start_draft(the_course())
        assert draft.id == again.id
        assert draft.number is None
        assert operations.export_files(draft) == gold

    def test_there_is_no_draft_of_nothing(self, gold: Files) -> None:
        import_(gold)
        with db.write() as session:
            session.execute(delete(Lesson))
            session.execute(delete(Module))
            session.execute(delete(EditionFile))
            session.execute(delete(Edition))
        with pytest.raises(Refusal, match="chưa có bản nào"), db.write():
            operations.start_draft(the_course())

    def test_writing_a_lesson_changes_its_row_and_tells_what_is_wrong(self, gold: Files) -> None:
        edition = import_(gold)
        with db.write():
            edition = db.session.get_one(Edition, edition.id)
            assert operations.write_draft_file(edition, LESSON, changed(gold)[LESSON]) == []
            (problem,) = operations.write_draft_file(edition, LESSON, b"---\ntitle: [\n---\nx")
        assert (problem.path, problem.code) == (LESSON, "bad-yaml")
        assert operations.export_files(edition)[LESSON] == b"---\ntitle: [\n---\nx"

    def test_a_file_can_be_added_and_taken_out(self, gold: Files) -> None:
        edition = import_(gold)
        new = "modules/03-bao-tin/lesson-05.vi.md"
        with db.write():
            edition = db.session.get_one(Edition, edition.id)
            operations.write_draft_file(edition, new, b"---\ntitle: Moi\n---\nx")
            assert db.session.scalar(select(func.count()).select_from(Lesson)) == 5
            operations.remove_draft_file(edition, new)
        assert operations.export_files(edition) == gold
        assert db.session.scalar(select(func.count()).select_from(Lesson)) == 4

    @pytest.mark.parametrize("path", ["../x.md", "/x", "modules/03-bao-tin/media/x.png"])
    def test_a_file_that_may_not_be_stored_is_refused(self, gold: Files, path: str) -> None:
        edition = import_(gold)
        with pytest.raises(Refusal), db.write():
            operations.write_draft_file(db.session.get_one(Edition, edition.id), path, b"<html>")
        assert operations.export_files(edition) == gold

    def test_a_draft_cannot_become_another_course(self, gold: Files) -> None:
        edition = import_(gold)
        with pytest.raises(Refusal, match="Mã khóa học"), db.write():
            other = gold[COURSE].replace(b"code: k1", b"code: k2")
            operations.write_draft_file(db.session.get_one(Edition, edition.id), COURSE, other)


@pytest.mark.usefixtures("app")
class TestPublish:
    def test_publishing_numbers_hashes_and_says_by_whom(self, gold: Files) -> None:
        edition = publish(import_(gold))
        assert (edition.number, edition.content_hash, edition.published_by) == (
            1,
            content_hash(gold),
            "account:1",
        )
        second = publish(import_(changed(gold)))
        assert (second.number, second.content_hash) == (2, content_hash(changed(gold)))
        assert operations.newest_published(the_course()) == second
        assert operations.export_files(edition) == gold

    def test_the_operations_refuse_a_published_edition(self, published: Edition) -> None:
        for act in (
            lambda: operations.write_draft_file(published, LESSON, b"x"),
            lambda: operations.remove_draft_file(published, LESSON),
            lambda: operations.reparse(published),
            lambda: operations.publish(published, by="account:2"),
        ):
            with pytest.raises(Refusal, match="đã phát hành"), db.write():
                act()

    @pytest.mark.parametrize(
        "statement",
        [
            update(Edition).values(title="khác"),
            delete(Edition),
            update(EditionFile).values(data=b"khac"),
            delete(EditionFile),
            update(Module).values(title="khác"),
            update(Lesson).values(body="khác"),
            delete(Lesson),
        ],
    )
    def test_the_database_refuses_to_change_what_was_published(self, published: Edition, statement: object) -> None:
        with pytest.raises(DatabaseError, match="never changes"), db.write() as session:
            session.execute(statement)  # type: ignore[call-overload]
        assert len(operations.export_files(published)) == 8

    def test_the_database_refuses_to_add_to_what_was_published(self, published: Edition) -> None:
        with pytest.raises(DatabaseError, match="never changes"), db.write() as session:
            session.add(EditionFile(edition_id=published.id, path="x", sha256="0" * 64, data=b"x"))
        module = db.session.scalars(select(Module)).one()
        with pytest.raises(DatabaseError, match="never changes"), db.write() as session:
            session.add(Lesson(module_id=module.id, position=9, file="x", title="x", body="", front={}, texts={}))
