"""A learner's pages: from the first tap to the notes at the end, by plain links and forms alone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, func, select

from lms.access import GrantValue, Viewer
from lms.courses import enrolments, operations
from lms.courses.files import sha256
from lms.courses.models import Course, Edition, Enrolment, LessonProgress
from lms.courses.package import read_package
from lms.courses.snapshot import edition_view
from lms.db import db
from lms.people.scope import unscoped
from tests.courses.conftest import Files, ReadAs
from tests.courses.test_operations import changed, import_, publish
from tests.factories import Make

TITLE = "Kiến thức chung về phòng, chống bạo lực gia đình"


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def enrolled(learner: Viewer) -> Enrolment:
    assert learner.person_id is not None
    with db.write():
        return enrolments.enrol(learner.person_id, db.session.scalars(select(Course)).one())


def rows(model: type[Enrolment] | type[LessonProgress]) -> int:
    return db.session.scalar(unscoped(select(func.count()).select_from(model), "a test counts")) or 0


def test_the_whole_way_by_links_and_forms(published: Edition, learner: Viewer, read_as: ReadAs) -> None:
    client = read_as(learner)
    home = client.get("/viec-cua-toi")
    assert "Cần làm" in text_of(home)
    assert "Chưa học" in text_of(home)
    assert 'href="/khoa-hoc/k1"' in home.text

    course = client.get("/khoa-hoc/k1")
    assert "10 câu, đúng từ 8 câu là đạt" in text_of(course)
    assert "Bắt đầu học" in text_of(course)

    begun = client.post("/khoa-hoc/k1")
    assert (begun.status_code, begun.location) == (303, "/khoa-hoc/k1/phan/3")
    assert "Một cuộc gọi mất chưa đầy một phút." in text_of(client.get(begun.location))

    at = "/khoa-hoc/k1/bai/1"
    for n in (1, 2, 3):
        assert f"bài {n} / 4" in text_of(client.get(at))
        done = client.post(f"{at}/xong")
        assert (done.status_code, done.location) == (303, f"/khoa-hoc/k1/bai/{n + 1}")
        at = done.location
    assert "Xong phần này" in text_of(client.get(at))
    done = client.post(f"{at}/xong")
    assert done.location == "/khoa-hoc/k1/phan/3/ghi-nho"
    notes = text_of(client.get(done.location))
    assert "Thấy, nghe là báo ngay." in notes
    assert "Báo xong chưa phải là xong." in notes
    assert "Đã học 4 trong 4 bài" in text_of(client.get("/viec-cua-toi"))


def test_home_goes_on_where_one_stopped(published: Edition, learner: Viewer, read_as: ReadAs) -> None:
    client = read_as(learner)
    client.post("/khoa-hoc/k1")
    client.post("/khoa-hoc/k1/bai/1/xong")
    client.post("/khoa-hoc/k1/bai/2/xong")
    home = client.get("/viec-cua-toi")
    assert "Đang học dở" in text_of(home)
    assert "Đã học 2 trong 4 bài" in text_of(home)
    assert "Còn khoảng 8 phút" in text_of(home)
    assert 'href="/khoa-hoc/k1/bai/3">Học tiếp bài 3' in home.text
    assert home.text.count('class="action wide"') == 1


def test_skipping_a_screen_looks_like_finishing_it(published: Edition, learner: Viewer, read_as: ReadAs) -> None:
    client = read_as(learner)
    enrolled(learner)
    page = client.get("/khoa-hoc/k1/bai/1")
    assert "Có tiếng quát và tiếng đồ vật rơi, nghe từ ngoài ngõ." in text_of(page)
    assert "Bỏ qua bài này" in text_of(page)
    forms = re.findall(r'action="([^"]+/xong)"', page.text)
    assert forms == ["/khoa-hoc/k1/bai/1/xong"] * 2
    assert "Bỏ qua" not in text_of(client.get("/khoa-hoc/k1/bai/4"))


def test_reading_writes_nothing(published: Edition, learner: Viewer, read_as: ReadAs) -> None:
    client = read_as(learner)
    for path in ("/viec-cua-toi", "/khoa-hoc/k1"):
        assert client.get(path).status_code == 200
    for path in ("/khoa-hoc/k1/bai/1", "/khoa-hoc/k1/phan/3", "/khoa-hoc/k1/phan/3/ghi-nho"):
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (303, "/khoa-hoc/k1")
    assert client.post("/khoa-hoc/k1/bai/1/xong").location == "/khoa-hoc/k1"
    assert rows(Enrolment) == 0
    enrolled(learner)
    client.get("/khoa-hoc/k1/bai/3")
    assert rows(LessonProgress) == 0


def test_a_double_tap_is_one(published: Edition, learner: Viewer, read_as: ReadAs) -> None:
    client = read_as(learner)
    assert {client.post("/khoa-hoc/k1").status_code for _ in range(2)} == {303}
    assert {client.post("/khoa-hoc/k1/bai/1/xong").location for _ in range(2)} == {"/khoa-hoc/k1/bai/2"}
    assert (rows(Enrolment), rows(LessonProgress)) == (1, 1)


@pytest.mark.parametrize(
    "path", ["/khoa-hoc/k9", "/khoa-hoc/k1/bai/99", "/khoa-hoc/k1/phan/1", f"/khoa-hoc/k1/tep/{'0' * 64}"]
)
def test_what_is_not_there_is_not_found(published: Edition, learner: Viewer, read_as: ReadAs, path: str) -> None:
    client = read_as(learner)
    enrolled(learner)
    assert client.get(path).status_code == 404


def test_what_does_not_exist_cannot_be_begun_or_finished(published: Edition, learner: Viewer, read_as: ReadAs) -> None:
    client = read_as(learner)
    enrolled(learner)
    assert client.post("/khoa-hoc/k9").status_code == 404
    assert client.post("/khoa-hoc/k1/bai/99/xong").status_code == 404
    assert rows(LessonProgress) == 0


def test_a_learner_never_sees_how_far_another_is(
    published: Edition, learner: Viewer, read_as: ReadAs, make: Make
) -> None:
    other = Viewer(account_id=2, person_id=make.person(), grants=(GrantValue("manager"),))
    enrolled(learner)
    read_as(learner).post("/khoa-hoc/k1/bai/1/xong")
    page = text_of(read_as(other).get("/khoa-hoc/k1"))
    assert "Bắt đầu học" in page
    assert "Đã học" not in page


def test_a_trainer_without_a_person_cannot_be_enrolled(published: Edition, read_as: ReadAs) -> None:
    trainer = Viewer(account_id=3, person_id=None, grants=(GrantValue("learner"), GrantValue("trainer")))
    client = read_as(trainer)
    assert client.get("/khoa-hoc/k1").status_code == 200
    assert client.post("/khoa-hoc/k1").status_code == 404


def test_a_passed_course_is_done_until_it_runs_out(
    published: Edition, learner: Viewer, read_as: ReadAs, make: Make
) -> None:
    assert learner.person_id is not None
    client = read_as(learner)
    enrolment = enrolled(learner)
    with db.write():
        enrolments.mark_completed(enrolment, date(2025, 12, 1))
    make.achievement(learner.person_id, date(2025, 12, 1), course_code="k1")
    with time_machine.travel("2026-11-24T10:00:00+07:00"):
        assert "Đã đạt ngày 01/12/2025, còn hạn đến hết 30/11/2026" in text_of(client.get("/viec-cua-toi"))
    with time_machine.travel("2026-12-01T00:30:00+07:00"):
        assert "Hết hạn từ 01/12/2026, cần học lại" in text_of(client.get("/viec-cua-toi"))


def test_a_course_met_elsewhere_is_done_too(published: Edition, learner: Viewer, read_as: ReadAs, make: Make) -> None:
    assert learner.person_id is not None
    with time_machine.travel("2026-11-24T10:00:00+07:00"):
        make.achievement(learner.person_id, date(2026, 5, 5), course_code="k1")
        home = text_of(read_as(learner).get("/viec-cua-toi"))
    assert "Đã xong" in home
    assert "Đã đạt ngày 05/05/2026" in home


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "outside"},
        {"revoked_at": datetime(2026, 6, 1, tzinfo=UTC), "revoked_reason": "nhầm người"},
        {"superseded_at": datetime(2026, 6, 1, tzinfo=UTC)},
        {"course_code": "k2"},
    ],
)
def test_a_paper_that_does_not_stand_leaves_the_course_to_do(
    published: Edition, learner: Viewer, read_as: ReadAs, make: Make, fields: dict[str, Any]
) -> None:
    assert learner.person_id is not None
    make.achievement(learner.person_id, date(2026, 5, 5), **{"course_code": "k1"} | fields)
    assert "Chưa học" in text_of(read_as(learner).get("/viec-cua-toi"))


def test_renewing_on_a_newer_edition_begins_anew(
    gold: Files, published: Edition, learner: Viewer, read_as: ReadAs
) -> None:
    client = read_as(learner)
    enrolment = enrolled(learner)
    with db.write():
        enrolments.mark_completed(enrolment, date(2024, 1, 1))
    publish(import_(changed(gold)))
    assert "Bắt đầu học" in text_of(client.get("/khoa-hoc/k1"))
    client.post("/khoa-hoc/k1")
    assert "Bài đã sửa" in text_of(client.get("/khoa-hoc/k1/bai/1"))
    assert rows(Enrolment) == 2


def test_with_no_course_yet_the_page_says_what_happens_next(app: Flask, learner: Viewer, read_as: ReadAs) -> None:
    home = text_of(read_as(learner).get("/viec-cua-toi"))
    assert "Chưa có khóa học nào" in home
    assert "Cần làm" not in home


def test_a_translation_is_shown_where_there_is_one_and_vietnamese_elsewhere(
    app: Flask, gold: Files, learner: Viewer, read_as: ReadAs
) -> None:
    km = "modules/03-bao-tin/lesson-01.km.md"
    publish(import_(gold | {km: "---\ntitle: អ្នកណា\nstatus: draft\n---\n::: luu-y\nអត្ថបទខ្មែរ\n:::\n".encode()}))
    client = read_as(learner)
    enrolled(learner)
    with client.session_transaction() as session:
        session["language"] = "km"
    first, second = client.get("/khoa-hoc/k1/bai/1").text, client.get("/khoa-hoc/k1/bai/2").text
    assert '<h1 lang="km">អ្នកណា</h1>' in first
    assert "អត្ថបទខ្មែរ" in first
    assert '<p class="draft">' in first
    assert '<h1 lang="vi">Báo ở đâu? Sáu nơi nhận tin</h1>' in second
    assert re.search(r'<div lang="vi">\s*<aside class="case"><p class="label">Tình huống', second)


def test_every_lesson_has_help_law_in_words_and_no_key(published: Edition, learner: Viewer, read_as: ReadAs) -> None:
    client = read_as(learner)
    enrolled(learner)
    page = client.get("/khoa-hoc/k1/bai/1")
    assert "Cần giúp ngay" in page.text
    assert page.text.count("<h1") == 1
    assert (
        "Điều 12 khoản 2 điểm a, Điều 12 khoản 1, Điều 34 khoản 2 Luật Phòng, chống bạo lực gia đình 2022" in page.text
    )
    assert "Đọc lại ngày 24/11/2026" in page.text
    for key in ("L13:", "duong-day", "k1-m3", "::: "):
        assert key not in page.text


def test_a_picture_of_a_published_edition_is_served_as_what_it_is(
    app: Flask, gold: Files, learner: Viewer, read_as: ReadAs
) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9"/></svg>'
    lesson = "modules/03-bao-tin/lesson-01.vi.md"
    files = gold | {
        "modules/03-bao-tin/media/hem.svg": drawing,
        lesson: gold[lesson] + "\n![Con hẻm](media/hem.svg)\n".encode(),
    }
    edition = import_(files)
    client = read_as(learner)
    address = f"/khoa-hoc/k1/tep/{sha256(drawing)}"
    assert client.get(address).status_code == 404
    trainer = Viewer(account_id=9, person_id=None, grants=(GrantValue("trainer"),))
    assert read_as(trainer).get(address).status_code == 200
    publish(edition)
    client = read_as(learner)
    enrolled(learner)
    assert f'<img src="{address}" alt="Con hẻm"' in client.get("/khoa-hoc/k1/bai/1").text
    picture = client.get(address)
    assert (picture.data, picture.mimetype) == (drawing, "image/svg+xml")
    assert picture.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert picture.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    questions = f"/khoa-hoc/k1/tep/{sha256(gold['modules/03-bao-tin/questions.yaml'])}"
    assert client.get(questions).status_code == 404


def statements(client: Any, path: str) -> int:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "ROLLBACK")):
            seen.append(statement)

    db.session.rollback()
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_a_lesson_costs_few_statements_however_many_people_there_are(
    app: Flask, published: Edition, learner: Viewer, read_as: ReadAs, make: Make
) -> None:
    client = read_as(learner)
    enrolled(learner)
    assert statements(client, "/khoa-hoc/k1/bai/2") <= 3
    assert statements(client, "/khoa-hoc/k1/bai/2") == 1
    few = statements(client, "/viec-cua-toi")
    for _ in range(20):
        enrolled(Viewer(account_id=1, person_id=make.person()))
    assert statements(client, "/khoa-hoc/k1/bai/2") == 1
    assert statements(client, "/viec-cua-toi") == few <= 3


class TestCoursesOfOthers:
    """A course for mediators is no duty of a collaborator, but she may take it."""

    OTHERS = "Khóa học khác"

    @pytest.fixture
    def mediators(self, app: Flask, gold: Files) -> Edition:
        return publish(import_(gold | {"course.yaml": gold["course.yaml"] + b"\nfor_roles: [HGV]\n"}))

    def home(self, read_as: ReadAs, learner: Viewer) -> str:
        return text_of(read_as(learner).get("/viec-cua-toi"))

    def test_it_stands_apart_and_opens(self, mediators: Edition, learner: Viewer, make: Make, read_as: ReadAs) -> None:
        assert learner.person_id is not None
        assert self.OTHERS not in self.home(read_as, learner), "whose post is not known is kept from nothing"
        make.assignment(learner.person_id, "CTV_DS", "vl/nguyet-hoa/khom-13", date(2025, 7, 1))
        page = self.home(read_as, learner)
        assert self.OTHERS in page and "Cần làm" not in page and TITLE in page
        assert "Hiện Anh/Chị không có bài nào phải học." in page
        assert read_as(learner).post("/khoa-hoc/k1").status_code == 303
        assert self.OTHERS not in self.home(read_as, learner), "what she has begun is hers"

    def test_it_is_due_for_a_mediator_and_no_longer_when_the_post_ends(
        self, mediators: Edition, learner: Viewer, make: Make, read_as: ReadAs
    ) -> None:
        assert learner.person_id is not None
        make.assignment(learner.person_id, "CTV_DS", "vl/nguyet-hoa/khom-13", date(2025, 7, 1))
        make.assignment(learner.person_id, "HGV", "vl/nguyet-hoa/khom-13", date(2025, 7, 1), date(2026, 3, 1))
        with time_machine.travel(datetime(2026, 2, 1, tzinfo=UTC), tick=False):
            assert "Cần làm" in self.home(read_as, learner)
        with time_machine.travel(datetime(2026, 4, 1, tzinfo=UTC), tick=False):
            assert self.OTHERS in self.home(read_as, learner)


class TestLanguages:
    """Khmer where the text is there, Vietnamese and marked as such where it is not."""

    KM = "---\ntitle: ចំណង\nstatus: draft\ncontent_note: ប្រយ័ត្ន\n---\nសេចក្ដីផ្ដើម។\n"

    def test_the_introduction_of_a_module_and_what_to_remember(
        self, app: Flask, gold: Files, learner: Viewer, read_as: ReadAs
    ) -> None:
        lesson = "---\ntitle: មេរៀន\nstatus: draft\n---\n::: ghi-nho\nចាំ។\n:::\n"
        base = "modules/03-bao-tin"
        files = {f"{base}/module.km.md": self.KM.encode(), f"{base}/lesson-01.km.md": lesson.encode()}
        publish(import_(gold | files))
        enrolled(learner)
        client = read_as(learner)
        vietnamese = client.get("/khoa-hoc/k1/phan/3").text
        assert "សេចក្ដីផ្ដើម" not in vietnamese
        with client.session_transaction() as session:
            session["language"] = "km"
        page = client.get("/khoa-hoc/k1/phan/3").text
        assert '<h1 lang="km">ចំណង</h1>' in page and '<p lang="km">ប្រយ័ត្ន</p>' in page
        assert '<div lang="km"><p>សេចក្ដីផ្ដើម។</p>' in page and "Bản nháp, chưa có người đọc Khmer duyệt." in page
        notes = client.get("/khoa-hoc/k1/phan/3/ghi-nho").text
        assert '<li lang="km"><b>មេរៀន</b> ចាំ។</li>' in notes and '<li lang="vi">' in notes

    def test_one_that_cannot_be_read_is_a_problem_of_the_package_and_of_no_page(
        self, app: Flask, gold: Files, learner: Viewer, read_as: ReadAs
    ) -> None:
        broken = gold | {"modules/03-bao-tin/module.km.md": b"---\ntitle: [\n---\nx"}
        assert {problem.code for problem in read_package(broken).problems} == {"bad-yaml"}
        with db.write():
            draft = operations.import_package(broken)
        assert edition_view(draft.id).module(3).texts == {}
