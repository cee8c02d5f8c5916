"""A trainer's way through the browser, by plain links and forms alone."""

from __future__ import annotations

import html
import io
import re
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.access import GrantValue, Viewer, policy_of
from lms.courses import enrolments
from lms.courses import operations as courses
from lms.courses.models import Edition
from lms.db import db, utc_now
from lms.quizzes.models import Attempt, ItemResult, Question, QuestionVersion, Quiz
from tests.authoring.conftest import FOLDER, LESSON, MODULE, QUESTIONS, Files
from tests.factories import Make

AT = "/soan-bai/k1"
EDITOR = f"{AT}/bai/{LESSON}"
QUESTION = f"{AT}/cau-hoi/k1-m3-q01"


def text_of(response: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))))


def form_of(response: Any) -> dict[str, Any]:
    """Every control of the page's editor, as a browser without scripts would send it."""
    page = response.get_data(as_text=True)
    page = re.search(r'<form method="post"[^>]*data-(?:preview|question).*?</form>', page, re.DOTALL)[0]  # type: ignore[index]
    found: dict[str, Any] = {}
    for control in re.finditer(r"<input ([^>]*)>", page):
        names = dict(re.findall(r'([\w-]+)="([^"]*)"', control[1]))
        ticks = names.get("type") in ("radio", "checkbox")
        if "name" in names and (not ticks or " checked" in f" {control[1]}"):
            found.setdefault(names["name"], []).append(html.unescape(names.get("value", "")))
    for name, value in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL):
        found[name] = [html.unescape(value).removeprefix("\r").removeprefix("\n").replace("\n", "\r\n")]
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"|<option value="([^"]*)" selected', options)
        found[name] = [html.unescape((chosen[1] or chosen[2] or "") if chosen else "")]
    return found


def files_of(edition: Edition) -> Files:
    db.session.rollback()
    return courses.export_files(db.session.get_one(Edition, edition.id))


def test_every_route_asks_for_a_trainer(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("authoring.")]
    assert len(rules) > 10
    for rule in rules:
        policy = policy_of(app.view_functions[rule.endpoint])
        assert policy is not None
        assert policy.capabilities == ("trainer",)


def test_courses_show_editions_and_the_draft(published: Edition, trainer: FlaskClient) -> None:
    page = text_of(trainer.get("/soan-bai"))
    assert "Bản số 1" in page
    assert "không có" in page
    assert "chưa có bản nháp" not in page


def test_one_button_makes_a_draft_of_the_published_edition(
    published: Edition, trainer: FlaskClient, clean: Files
) -> None:
    assert "Soạn bản mới" in text_of(trainer.get(AT))
    made = trainer.post(f"{AT}/ban-nhap")
    assert (made.status_code, made.location) == (303, AT)
    page = text_of(trainer.get(AT))
    assert "Ai phải báo tin?" in page
    assert "sẽ thành bản số 2" in page
    draft = courses.draft_of(db.session.get_one(Edition, published.id).course)
    assert draft is not None
    assert courses.export_files(draft) == clean


def test_saving_a_lesson_unchanged_changes_nothing(draft: Edition, trainer: FlaskClient, clean: Files) -> None:
    saved = trainer.post(EDITOR, data=form_of(trainer.get(EDITOR)))
    assert (saved.status_code, saved.location) == (303, EDITOR)
    assert files_of(draft) == clean


def test_a_changed_lesson_keeps_every_other_letter(draft: Edition, trainer: FlaskClient, clean: Files) -> None:
    form = form_of(trainer.get(EDITOR)) | {"title": "Ai báo?", "minutes": "3,5"}
    assert trainer.post(EDITOR, data=form).status_code == 303
    now, before = files_of(draft), dict(clean)
    old = before.pop(LESSON).decode()
    assert now.pop(LESSON).decode() == old.replace('"Ai phải báo tin?"', '"Ai báo?"').replace(
        "minutes: 2.5", "minutes: 3.5"
    )
    assert now == before


def test_the_editor_says_what_is_missing(draft: Edition, trainer: FlaskClient) -> None:
    form = form_of(trainer.get(EDITOR)) | {"law": "", "content_note": ""}
    trainer.post(EDITOR, data=form)
    page = text_of(trainer.get(EDITOR))
    assert "Thiếu “căn cứ pháp luật”" in page
    assert "Thiếu “căn cứ pháp luật”" in text_of(trainer.get(AT))


@pytest.mark.parametrize(
    ("field", "value", "why"), [("minutes", "lâu", "Ghi một con số"), ("reviewed_on", "32/13/2026", "không có")]
)
def test_a_wrong_field_comes_back_with_the_text(
    draft: Edition, trainer: FlaskClient, field: str, value: str, why: str
) -> None:
    form = form_of(trainer.get(EDITOR)) | {field: value, "body": "Chữ đang viết."}
    answer = trainer.post(EDITOR, data=form)
    assert answer.status_code == 400
    assert why in text_of(answer)
    assert "Chữ đang viết." in text_of(answer)


def test_two_authors_on_one_lesson_lose_nothing(draft: Edition, trainer: FlaskClient) -> None:
    mine, theirs = form_of(trainer.get(EDITOR)), form_of(trainer.get(EDITOR))
    assert trainer.post(EDITOR, data=theirs | {"body": "Chữ của người kia."}).status_code == 303
    refused = trainer.post(EDITOR, data=mine | {"body": "Chữ của tôi."})
    assert refused.status_code == 409
    assert "Có người vừa lưu" in text_of(refused)
    assert "Chữ của tôi." in text_of(refused)
    assert "Chữ của người kia." in text_of(refused)
    assert "Chữ của người kia." in files_of(draft)[LESSON].decode()
    again = trainer.post(EDITOR, data=form_of(refused))
    assert again.status_code == 303
    assert "Chữ của tôi." in files_of(draft)[LESSON].decode()


def test_the_preview_is_what_learners_will_see_and_stores_nothing(
    draft: Edition, trainer: FlaskClient, clean: Files
) -> None:
    form = form_of(trainer.get(EDITOR)) | {"body": "Xin <script>chào</script> **Anh/Chị**", "law": "L13:12.2.a"}
    shown = trainer.post(f"{AT}/xem-thu?tep={LESSON}", data=form)
    assert "<strong>Anh/Chị</strong>" in shown.text
    assert "<script>chào" not in shown.text
    assert "Điều 12 khoản 2 điểm a" in shown.text
    assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
    assert "frame-src 'self'" in trainer.get(EDITOR).headers["Content-Security-Policy"]
    assert "frame-src 'none'" in trainer.get(AT).headers["Content-Security-Policy"]
    assert files_of(draft) == clean


def test_the_checks_and_the_length_follow_what_is_typed(draft: Edition, trainer: FlaskClient) -> None:
    form = form_of(trainer.get(EDITOR)) | {"body": "Một.\r\n\r\n::: khung-la\r\n:::\r\n", "law": "L13:99"}
    shown = trainer.post(f"{AT}/xem-thu?tep={LESSON}", data=form)
    found = shown.text[shown.text.index('id="found"') :]
    assert "dài 2 chữ" in found
    assert "Không có khung tên “khung-la”" in found
    assert "dòng 3" in found
    assert "Chưa hiểu “L13:99” là điều luật nào" in found


def test_after_a_refused_save_the_phone_and_the_checks_show_what_was_typed(
    draft: Edition, trainer: FlaskClient
) -> None:
    form = form_of(trainer.get(EDITOR)) | {"minutes": "lâu", "body": "Chữ **đang** viết."}
    answer = trainer.post(EDITOR, data=form)
    assert answer.status_code == 400
    phone = re.search(r'<iframe[^>]* srcdoc="([^"]*)"', answer.text)
    assert phone is not None
    assert "Chữ <strong>đang</strong> viết." in html.unescape(phone[1])
    assert "dài 3 chữ" in text_of(answer)


def test_an_article_can_be_put_together_instead_of_its_code(draft: Edition, trainer: FlaskClient) -> None:
    page = trainer.get(EDITOR)
    assert "L13 Luật Phòng, chống bạo lực gia đình 2022" in text_of(page)
    chosen = {"law_of": "L13", "law_article": " 12", "law_clause": "2", "law_point": "A"}
    trainer.post(EDITOR, data=form_of(page) | {"law": "L13:5.1"} | chosen)
    assert 'law: ["L13:5.1", "L13:12.2.a"]' in files_of(draft)[LESSON].decode()
    trainer.post(QUESTION, data=form_of(trainer.get(QUESTION)) | {"law": "", "action": "save"} | chosen)
    assert form_of(trainer.get(QUESTION))["law"] == ["L13:12.2.a"]


def test_what_is_no_law_is_told_in_one_line_with_an_example(draft: Edition, trainer: FlaskClient) -> None:
    form = form_of(trainer.get(EDITOR)) | {"law": "Điều 12 khoản 2 điểm a Luật mới; L13:5.1 L13:12.2"}
    trainer.post(EDITOR, data=form)
    page = text_of(trainer.get(EDITOR))
    assert page.count("Chưa hiểu") == 1
    assert "Chưa hiểu “Điều 12 khoản 2 điểm a Luật mới” là điều luật nào; viết như L13:12.2.a" in page
    assert "Điều 5 khoản 1 Luật" in page


def test_questions_to_practise_are_ticked_by_their_words(draft: Edition, trainer: FlaskClient, clean: Files) -> None:
    page = trainer.get(EDITOR)
    before = form_of(page)["practice"]
    assert before
    assert re.search(r'value="k1-m3-q08"[^>]*><span>\w+ \w+', page.text)
    trainer.post(EDITOR, data=form_of(page) | {"practice": [*before, "k1-m3-q08"]})
    assert form_of(trainer.get(EDITOR))["practice"] == [*before, "k1-m3-q08"]
    trainer.post(EDITOR, data=form_of(trainer.get(EDITOR)) | {"practice": before})
    assert files_of(draft) == clean


def test_a_front_matter_that_cannot_be_read_is_mended_as_text(app: Flask, draft: Edition, trainer: FlaskClient) -> None:
    with db.write():
        courses.write_draft_file(
            db.session.get_one(Edition, draft.id), LESSON, b"---\ntitle: [\n---\nXin ch\xc3\xa0o.\n"
        )
    page = trainer.get(EDITOR)
    assert "Phần khai báo" in text_of(page)
    form = form_of(page) | {"text": '---\ntitle: "Bài mới"\n---\nXin chào.\n'}
    assert trainer.post(EDITOR, data=form).status_code == 303
    assert "Bài mới" in text_of(trainer.get(AT))


def test_lessons_are_added_moved_and_taken_out(draft: Edition, trainer: FlaskClient) -> None:
    made = trainer.post(f"{AT}/phan/{FOLDER}/bai-moi", data={"title": "Gọi lại khi nào?"})
    path = made.location.removeprefix(f"{AT}/bai/")
    assert path.endswith("lesson-05.vi.md")
    assert trainer.get(made.location).status_code == 200
    trainer.post(f"{AT}/doi-cho/{path}", data={"step": "up"})
    assert "Gọi lại khi nào?" in files_of(draft)[path].decode()
    assert [lesson.file[7:9] for lesson in draft.modules[0].lessons] == ["01", "02", "03", "05", "04"]
    opened = re.search(r'name="opened" value="(\w+)"', trainer.get(f"{AT}/bo-bai/{path}").text)
    assert opened is not None
    assert trainer.post(f"{AT}/bo-bai/{path}", data={"opened": opened[1]}).status_code == 200
    assert path not in files_of(draft)
    assert len([name for name in files_of(draft) if "lesson" in name]) == 4


SECOND = LESSON.replace("01", "02")


def test_a_form_saves_the_lesson_it_was_opened_for_wherever_that_has_moved(
    draft: Edition, trainer: FlaskClient, clean: Files
) -> None:
    """Two tabs: one edits, the other puts the same lesson somewhere else. No other lesson may be written over."""
    form = form_of(trainer.get(f"{AT}/bai/{SECOND}"))
    trainer.post(f"{AT}/doi-cho/{SECOND}", data={"step": "up"})
    saved = trainer.post(f"{AT}/bai/{SECOND}", data=form | {"body": "Chữ của bài hai."})
    assert (saved.status_code, saved.location) == (303, f"{AT}/bai/{SECOND}")
    now = files_of(draft)
    assert now[SECOND].decode().endswith("Chữ của bài hai.\n")
    assert {path: data for path, data in now.items() if path not in (SECOND, MODULE)} == {
        path: data for path, data in clean.items() if path not in (SECOND, MODULE)
    }
    assert [lesson.file[7:9] for lesson in draft.modules[0].lessons] == ["02", "01", "03", "04"]


def test_the_number_of_a_lesson_taken_out_is_not_given_to_another(draft: Edition, trainer: FlaskClient) -> None:
    """A form that is still open elsewhere for the old lesson would write over the new one."""
    last = LESSON.replace("01", "04")
    form = form_of(trainer.get(f"{AT}/bai/{last}"))
    trainer.post(f"{AT}/bo-bai/{last}", data={"opened": form["opened"]})
    made = trainer.post(f"{AT}/phan/{FOLDER}/bai-moi", data={"title": "Bài khác"})
    assert made.location.endswith("lesson-05.vi.md")
    refused = trainer.post(f"{AT}/bai/{last}", data=form | {"body": "Chữ đang viết."})
    assert refused.status_code == 409
    assert "không còn trong bản nháp" in text_of(refused)
    assert "Chữ đang viết." in text_of(refused)
    assert trainer.post(f"{AT}/bai/{last}", data=form_of(refused)).status_code == 303
    assert files_of(draft)[last].decode().endswith("Chữ đang viết.\n")


def test_a_lesson_of_the_edition_can_be_put_back_into_the_draft(
    published: Edition, trainer: FlaskClient, clean: Files
) -> None:
    trainer.post(f"{AT}/ban-nhap")
    third = LESSON.replace("01", "03")
    asked = trainer.get(f"{AT}/bo-bai/{third}")
    assert "1 câu hỏi đang mời người học đọc lại bài này" in text_of(asked)
    assert "đọc lại bài này" not in text_of(trainer.get(f"{AT}/bo-bai/{LESSON.replace('01', '02')}"))
    trainer.post(f"{AT}/bo-bai/{third}", data={"opened": form_of(trainer.get(f"{AT}/bai/{third}"))["opened"]})
    page = trainer.get(AT)
    title = re.search(r'title: "([^"]+)"', clean[third].decode())
    assert title is not None
    assert f"Bài có trong bản số 1 mà không có trong bản nháp {title[1]} Đưa lại" in text_of(page)
    publishing = text_of(trainer.get(f"{AT}/phat-hanh"))
    assert f"Bài nên đọc lại không còn trong phần này: “{title[1]}”" in publishing
    assert trainer.post(f"{AT}/hoan-tac", data={"lost": third}).status_code == 303
    draft = courses.draft_of(db.session.get_one(Edition, published.id).course)
    assert draft is not None
    assert files_of(draft) == clean
    assert "Đưa lại" not in text_of(trainer.get(AT))
    assert trainer.post(f"{AT}/hoan-tac", data={"lost": "course.yaml"}).status_code == 404


def test_a_new_lesson_needs_a_title(draft: Edition, trainer: FlaskClient, clean: Files) -> None:
    refused = trainer.post(f"{AT}/phan/{FOLDER}/bai-moi", data={"title": "  "})
    assert (refused.status_code, "chưa có tên" in text_of(refused)) == (400, True)
    assert files_of(draft) == clean


def test_the_same_remark_is_said_once_with_its_places_folded(draft: Edition, trainer: FlaskClient) -> None:
    for number in "123":
        at = f"{AT}/cau-hoi/k1-m3-q0{number}"
        trainer.post(at, data=form_of(trainer.get(at)) | {"outcome": "k1-m3-o9", "action": "save"})
    page = trainer.get(f"{AT}/phat-hanh")
    assert "3 chỗ: Phần này không có điều cần đạt “k1-m3-o9”" in text_of(page)
    assert text_of(page).count("Phần này không có điều cần đạt “k1-m3-o9”") == 1
    assert "W06" not in page.text


def taken_out(trainer: FlaskClient) -> dict[str, list[str]]:
    """What the undo of the page that takes a lesson out would send."""
    opened = re.search(r'name="opened" value="(\w+)"', trainer.get(f"{AT}/bo-bai/{LESSON}").text)
    assert opened is not None
    done = trainer.post(f"{AT}/bo-bai/{LESSON}", data={"opened": opened[1]})
    assert "Đã bỏ “Ai phải báo tin?”" in text_of(done)
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', done.text) for name in ("path", "data")}


def test_taking_a_lesson_out_can_be_undone_to_the_byte(draft: Edition, trainer: FlaskClient, clean: Files) -> None:
    undo = taken_out(trainer)
    assert LESSON not in files_of(draft)
    assert trainer.post(f"{AT}/hoan-tac", data=undo).status_code == 303
    assert files_of(draft) == clean


def test_an_undo_overwrites_nothing_and_writes_lessons_only(draft: Edition, trainer: FlaskClient, clean: Files) -> None:
    undo = taken_out(trainer)
    trainer.post(f"{AT}/hoan-tac", data=undo)
    again = trainer.post(f"{AT}/hoan-tac", data=undo | {"data": ["YmFk"] * len(undo["data"])})
    assert (again.status_code, "đã có bài khác" in text_of(again)) == (409, True)
    assert trainer.post(f"{AT}/hoan-tac", data={"path": "course.yaml", "data": "YmFk"}).status_code == 404
    assert trainer.post(f"{AT}/hoan-tac", data={"path": LESSON, "data": "không phải"}).status_code == 400
    assert files_of(draft) == clean


def test_lines_are_counted_in_the_box_that_the_author_sees(draft: Edition, trainer: FlaskClient) -> None:
    form = form_of(trainer.get(EDITOR)) | {"body": "Một.\r\n\r\n::: khung-la\r\n:::\r\n"}
    trainer.post(EDITOR, data=form)
    assert "Không có khung tên “khung-la” dòng 3, E13" in text_of(trainer.get(EDITOR))
    publishing = text_of(trainer.get(f"{AT}/phat-hanh"))
    assert "Ai phải báo tin?, E13" in publishing
    assert "lesson-" not in publishing


class TestQuestions:
    def test_a_remark_says_which_options_lack_words(self, draft: Edition, trainer: FlaskClient) -> None:
        form = form_of(trainer.get(QUESTION)) | {"text-b": "", "fb-c": "", "fb-d": "", "action": "save"}
        trainer.post(QUESTION, data=form)
        page = text_of(trainer.get(QUESTION))
        assert "Lựa chọn b chưa có lời câu" in page
        assert "Lựa chọn c, d chưa có lời nhắn" in page

    def test_true_or_false_says_which_answer_lacks_feedback(self, draft: Edition, trainer: FlaskClient) -> None:
        made = trainer.post(f"{AT}/phan/{FOLDER}/cau-moi", data={"type": "true_false"}).location
        trainer.post(made, data=form_of(trainer.get(made)) | {"fb-true": "Đúng vậy.", "action": "save"})
        assert "Lựa chọn “Không đúng” chưa có lời nhắn" in text_of(trainer.get(made))

    def test_an_option_left_wholly_empty_is_dropped(self, draft: Edition, trainer: FlaskClient, clean: Files) -> None:
        more = trainer.post(QUESTION, data=form_of(trainer.get(QUESTION)) | {"action": "add"})
        assert form_of(more)["row"][-1] == "e"
        trainer.post(QUESTION, data=form_of(more) | {"action": "save"})
        assert files_of(draft) == clean

    def test_the_filter_offers_the_kinds_that_there_are(self, draft: Edition, trainer: FlaskClient) -> None:
        page = trainer.get(f"{AT}/cau-hoi")
        kinds = re.search(r'<select name="loai">(.*?)</select>', page.text, re.DOTALL)
        assert kinds is not None
        assert "Tự luận" not in kinds[1]
        assert "Chọn một" in kinds[1]

    def test_saving_unchanged_changes_nothing(self, draft: Edition, trainer: FlaskClient, clean: Files) -> None:
        for key in ("k1-m3-q01", "k1-m3-q02", "k1-m3-q03"):
            at = f"{AT}/cau-hoi/{key}"
            assert trainer.post(at, data=form_of(trainer.get(at)) | {"action": "save"}).status_code == 303
        assert files_of(draft) == clean

    def test_a_changed_word_changes_that_line_alone(self, draft: Edition, trainer: FlaskClient, clean: Files) -> None:
        form = form_of(trainer.get(QUESTION)) | {"text-c": "Chờ tới sáng mai", "action": "save"}
        assert trainer.post(QUESTION, data=form).status_code == 303
        now, before = (files[QUESTIONS].decode().split("\n") for files in (files_of(draft), clean))
        assert [new for old, new in zip(before, now, strict=True) if old != new] == [
            line.replace("Chờ sáng rồi báo trưởng khóm cho tế nhị", "Chờ tới sáng mai")
            for line in before
            if "tế nhị" in line
        ]

    def test_options_come_and_go_without_scripts_and_without_saving(
        self, draft: Edition, trainer: FlaskClient, clean: Files
    ) -> None:
        form = form_of(trainer.get(QUESTION)) | {"stem": "Chữ đang viết?"}
        more = trainer.post(QUESTION, data=form | {"action": "add"})
        assert form_of(more)["row"] == ["a", "b", "c", "d", "e"]
        fewer = trainer.post(QUESTION, data=form_of(more) | {"action": "remove-b"})
        assert form_of(fewer)["row"] == ["a", "c", "d", "e"]
        assert form_of(fewer)["stem"] == ["Chữ đang viết?"]
        assert "Chưa lưu" in text_of(fewer)
        assert files_of(draft) == clean

    def test_two_authors_on_one_question_lose_nothing(self, draft: Edition, trainer: FlaskClient) -> None:
        mine, theirs = form_of(trainer.get(QUESTION)), form_of(trainer.get(QUESTION))
        trainer.post(QUESTION, data=theirs | {"stem": "Câu của người kia?", "action": "save"})
        refused = trainer.post(QUESTION, data=mine | {"stem": "Câu của tôi?", "action": "save"})
        assert refused.status_code == 409
        assert "Câu của tôi?" in text_of(refused)
        assert "Câu của người kia?" in text_of(refused)
        assert "Câu của người kia?" in files_of(draft)[QUESTIONS].decode()

    def test_two_authors_on_two_questions_do_not_meet(self, draft: Edition, trainer: FlaskClient) -> None:
        other = f"{AT}/cau-hoi/k1-m3-q06"
        mine, theirs = form_of(trainer.get(QUESTION)), form_of(trainer.get(other))
        assert trainer.post(other, data=theirs | {"stem": "Ai xử lý?", "action": "save"}).status_code == 303
        assert trainer.post(QUESTION, data=mine | {"stem": "Làm gì trước?", "action": "save"}).status_code == 303
        text = files_of(draft)[QUESTIONS].decode()
        assert "Ai xử lý?" in text
        assert "Làm gì trước?" in text

    def test_a_new_question_has_a_new_id_and_says_what_it_lacks(self, draft: Edition, trainer: FlaskClient) -> None:
        made = trainer.post(f"{AT}/phan/{FOLDER}/cau-moi", data={"type": "true_false"})
        assert made.location == f"{AT}/cau-hoi/k1-m3-q09"
        page = text_of(trainer.get(made.location))
        assert "Thiếu “căn cứ pháp luật”" in page
        assert "Thiếu “câu hỏi”" in page
        opened = re.search(r'name="opened" value="(\w+)"', trainer.get(f"{AT}/bo-cau/k1-m3-q09").text)
        assert opened is not None
        trainer.post(f"{AT}/bo-cau/k1-m3-q09", data={"opened": opened[1]})
        assert "k1-m3-q09" not in files_of(draft)[QUESTIONS].decode()

    def test_the_bank_is_searched_without_marks(self, draft: Edition, trainer: FlaskClient) -> None:
        assert "k1-m3-q06" in text_of(trainer.get(f"{AT}/cau-hoi?tim=chu tich phan cong"))
        assert "1 câu" in text_of(trainer.get(f"{AT}/cau-hoi?loai=true_false"))
        must = text_of(trainer.get(f"{AT}/cau-hoi?chi=bat-buoc"))
        assert "k1-m3-q07" in must
        assert "k1-m3-q02" not in must
        assert "Không có câu nào như vậy" in text_of(trainer.get(f"{AT}/cau-hoi?tim=zzz"))

    def test_a_type_not_yet_playable_is_shown_as_it_is(self, draft: Edition, trainer: FlaskClient) -> None:
        page = text_of(trainer.get(f"{AT}/cau-hoi/k1-m3-c01"))
        assert "chưa sửa được ở đây" in page
        assert "Lời hứa lúc 19 giờ 40" in page


class TestPublishing:
    def test_errors_stand_on_the_page_and_refuse(self, draft: Edition, trainer: FlaskClient) -> None:
        trainer.post(EDITOR, data=form_of(trainer.get(EDITOR)) | {"law": ""})
        page = text_of(trainer.get(f"{AT}/phat-hanh"))
        assert "2 chỗ phải sửa trước khi phát hành" in page
        assert "E10" in page
        refused = trainer.post(f"{AT}/phat-hanh")
        assert refused.status_code == 409
        assert "Thiếu “căn cứ pháp luật”" in text_of(refused)

    def test_one_action_publishes_and_the_zip_is_the_folder(
        self, draft: Edition, trainer: FlaskClient, clean: Files
    ) -> None:
        done = trainer.post(f"{AT}/phat-hanh")
        assert (done.status_code, done.location) == (303, f"{AT}/ban/1")
        edition = db.session.get_one(Edition, draft.id, populate_existing=True)
        assert edition.published_by == "account:7"
        assert edition.content_hash is not None
        assert edition.content_hash in text_of(trainer.get(done.location))
        archive = zipfile.ZipFile(io.BytesIO(trainer.get(f"{AT}/ban/1.zip").data))
        folder = edition.course.folder
        assert {name.removeprefix(f"{folder}/"): archive.read(name) for name in archive.namelist()} == clean
        assert trainer.get(f"{AT}/ban/2").status_code == 404

    def test_statistics_before_anybody_answered(self, published: Edition, trainer: FlaskClient) -> None:
        page = text_of(trainer.get(f"{AT}/thong-ke"))
        assert "Chưa ai trả lời câu này" in page
        assert "lượt" not in page.partition("trả lời thế nào")[2]
        assert "Đứng chỗ an toàn, gọi công an ngay đáp án" in page

    def test_statistics_show_the_hardest_question_first_and_its_tempting_option(
        self, published: Edition, trainer: FlaskClient, make: Make
    ) -> None:
        for chosen in ("a", "c", "c", "b", "c", "c"):
            answered(make.person(), published, "k1-m3-q01", chosen)
        page = text_of(trainer.get(f"{AT}/thong-ke"))
        assert page.index("Tối nay Anh/Chị nghe") < page.index("Chưa ai trả lời")
        assert "20,0 % 1 / 5 Chờ sáng rồi báo trưởng khóm cho tế nhị" in page
        assert "5 lượt trả lời, 1 lượt đúng" in page, "the sixth waits for four more"
        assert "Chờ sáng rồi báo trưởng khóm cho tế nhị 3 lượt, 60,0 %" in page


def answered(person_id: int, edition: Edition, key: str, chosen: str) -> None:
    """A closed attempt with one item, answered."""
    with db.write() as session:
        enrolment = enrolments.enrol(person_id, session.get_one(Edition, edition.id).course)
        version = session.scalars(
            select(QuestionVersion)
            .join(Question, Question.id == QuestionVersion.question_id)
            .where(Question.key == key)
        ).one()
        attempt = Attempt(
            ticket=f"t-{person_id}",
            person_id=person_id,
            enrolment_id=enrolment.id,
            quiz_id=session.scalars(select(Quiz.id)).one(),
            number=1,
            items=[{"version": version.id, "order": ["a", "b", "c", "d"]}],
            closed_at=utc_now(),
            passed=chosen == "a",
        )
        session.add(attempt)
        session.flush()
        right = chosen == "a"
        session.add(
            ItemResult(
                attempt_id=attempt.id,
                item=1,
                question_version_id=version.id,
                answer=[chosen],
                points=Decimal(right),
                right=right,
            )
        )


def test_a_trainer_of_one_ward_works_on_every_course(app: Flask, draft: Edition, read_as: Any) -> None:
    """Courses have no area (data-model.md): the grant's unit does not narrow what a trainer may write."""
    bound = Viewer(account_id=8, name="Lê Văn Mẫu", grants=(GrantValue("trainer", unit_id=999_999),))
    assert read_as(bound).get(AT).status_code == 200


@pytest.mark.parametrize(
    "path", ["bai/course.yaml", "bai/modules/03-bao-tin/questions.yaml", "bai/../x", "cau-hoi/k9-m9-q99"]
)
def test_what_is_not_there_is_not_found(draft: Edition, trainer: FlaskClient, path: str) -> None:
    assert trainer.get(f"{AT}/{path}").status_code == 404
