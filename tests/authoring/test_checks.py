"""Every code of the checks: a hit, and something close by that passes. Pure, on the gold sample."""

from __future__ import annotations

from datetime import date
from time import process_time

import pytest

from lms.authoring.checks import Context, Finding, check
from lms.authoring.checks.places import places_in, telling_names
from lms.authoring.wording import what_of, where_of
from lms.courses.law import Article, LawTable
from tests.authoring.conftest import FOLDER, LESSON, MODULE, QUESTIONS, Files, replaced

LAW = LawTable(
    {"L13": "Luật Phòng, chống bạo lực gia đình 2022", "N282": "Nghị định 282", "N76": "Nghị định 76"},
    {
        key: Article("V")
        for key in (
            *("L13:9.1", "L13:12.1", "L13:12.2", "L13:12.2.a", "L13:17.1", "L13:19", "L13:19.1", "L13:19.1.b"),
            *("L13:19.2", "L13:20", "L13:20.1", "L13:20.2", "L13:20.3", "L13:21", "L13:23.2", "L13:25.1", "L13:34.2"),
            *("L13:3.1.a", "L13:3.1.b", "L13:3.1.d", "L13:3.1.o", "N282:48.1.b", "N282:50.1.b", "N76:7"),
        )
    },
)
HOTLINES = frozenset(("cong-an", "cong-an-phuong", "cap-cuu", "tre-em", "blgd-quoc-gia"))
TODAY = date(2026, 12, 1)
CONTEXT = Context(LAW, HOTLINES, telling_names(["Phường Nguyệt Hóa", "Khóm 5"]), TODAY)

PLAIN = "Sợ bị lộ tên?"
BEFORE = "pre_test: {title: Thử, draw: [{module: %s, count: %s}]}\n"
STORY = "Cửa đóng. Chị đứng lại."
LAW_WORDS = "Cá nhân khi phát hiện hành vi bạo lực gia đình có trách nhiệm:"
WRONG = "Chờ sáng rồi báo trưởng khóm cho tế nhị"
RIGHT = "Đứng chỗ an toàn, gọi công an ngay"
SCENARIO = "Công an vừa đến một nhà trong khóm."


def codes(files: Files, context: Context = CONTEXT) -> set[str]:
    return {one.code for one in check(files, context)}


def details(files: Files, context: Context = CONTEXT) -> set[str]:
    return {one.detail for one in check(files, context)}


def with_words(files: Files, words: str, at: str = PLAIN) -> Files:
    path = LESSON if at in files[LESSON].decode() else QUESTIONS
    return replaced(files, path, at, f"{at} {words}")


def test_the_clean_sample_has_no_error_and_only_known_warnings(clean: Files) -> None:
    found = check(clean, CONTEXT)
    assert [one for one in found if one.counts] == []
    assert {one.detail for one in found} <= {"cast-women", "cast-men", "cast-disabled"}


@pytest.mark.attack("S44")
@pytest.mark.parametrize("piece", ["1", "1.", "<!--", "![", "](", "{{"])
def test_a_text_of_nothing_but_beginnings_is_checked_at_once(clean: Files, piece: str) -> None:
    """Five thousand digits kept the checks of a draft busy for two minutes."""
    began = process_time()
    codes(with_words(clean, piece * 5000, PLAIN))
    assert process_time() - began < 2


@pytest.mark.parametrize(
    ("code", "words", "where"),
    [
        ("E01", "Vì sao chị không bỏ đi?", STORY),
        ("E01", "Tại chị nói nhiều nên bị vậy.", STORY),
        ("E02", "Gặp nạn nhân ngay.", PLAIN),
        ("E03", "Tìm thủ phạm.", PLAIN),
        ("E04", "Tổ sẽ hòa giải vụ đánh nhau.", PLAIN),
        ("E04", "Không nên hòa giải bạo lực.", PLAIN),
        ("E05", "Đóng cửa bảo nhau là hơn.", PLAIN),
        ("E05", "Chuyện riêng của gia đình.", RIGHT),
        ("E06", "Mặt mày tím bầm.", STORY),
        ("E07", "Gọi 113 ngay.", PLAIN),
        ("E07", "Gọi 0912 345 678.", PLAIN),
        ("E08", "Tổng đài bạo lực gia đình: {{duong-day:tre-em}}.", PLAIN),
        ("E09", "Theo Nghị định 144/2021.", PLAIN),
        ("E10", "Phạt 5 triệu đồng.", WRONG),
        ("E10", "Ghi vào mẫu số 3.", PLAIN),
        ("E11", "Nhà ở Nguyệt Hóa.", STORY),
        ("E11", "Chị quê Trà Vinh.", SCENARIO),
        ("E14", "Tôi hứa không nói.", PLAIN),
        ("W02", "Chào bạn, xem link này.", PLAIN),
        ("W03", "Anh ấy đánh chị vì say.", STORY),
    ],
)
def test_words_that_are_hit(clean: Files, code: str, words: str, where: str) -> None:
    assert code not in codes(clean)
    found = [one for one in check(with_words(clean, words, where), CONTEXT) if one.code == code]
    assert found
    assert found[0].place.startswith("line:" if found[0].path == LESSON else "k1-m3-q")


@pytest.mark.parametrize(
    ("code", "words", "where"),
    [
        ("E01", "Vì sao chị gọi?", STORY),
        ("E02", "Nạn nhân, theo lời của luật.", LAW_WORDS),
        ("E03", "Người đánh đập.", PLAIN),
        ("E04", "Tổ hòa giải mâu thuẫn, tranh chấp.", PLAIN),
        ("E05", "Đóng cửa bảo nhau, nghe con.", STORY),
        ("E05", "Chuyện riêng của gia đình.", WRONG),
        ("E07", "Gọi {{duong-day:cong-an}}, mất 12 phút.", PLAIN),
        ("E08", "Trẻ em bị bạo lực gia đình: {{duong-day:tre-em}}.", PLAIN),
        ("E10", "Phạt từ 1 đến 4 triệu đồng.", PLAIN),
        ("E11", "Nhà ở khóm 5, khóm Mai Vàng.", STORY),
        ("E11", "Tỉnh Trà Vinh cũ.", PLAIN),
        ("E14", "Chắc chắn không sao đâu.", WRONG),
        ("W02", "Nhờ bạn bè, bạn đời.", PLAIN),
        ("W03", "Anh ấy say rồi ngủ.", STORY),
    ],
)
def test_words_that_pass(clean: Files, code: str, words: str, where: str) -> None:
    assert code not in codes(with_words(clean, words, where))


class TestNotes:
    NOTE = "<!-- cho-phep: E02 lời của luật khác -->\n"

    def test_a_note_lets_one_hit_stand_with_its_reason(self, clean: Files) -> None:
        files = replaced(clean, LESSON, PLAIN, f"{self.NOTE}Gặp nạn nhân ngay. {PLAIN}")
        (found,) = (one for one in check(files, CONTEXT) if one.code == "E02")
        assert found.allowed_reason == "lời của luật khác"
        assert not found.counts

    def test_another_hit_further_down_still_counts(self, clean: Files) -> None:
        files = replaced(clean, LESSON, PLAIN, f"{self.NOTE}Gặp nạn nhân ngay.\n\nRồi hỏi nạn nhân. {PLAIN}")
        assert [one.counts for one in check(files, CONTEXT) if one.code == "E02"] == [False, True]

    def test_a_note_of_another_code_lets_nothing_stand(self, clean: Files) -> None:
        files = replaced(clean, LESSON, PLAIN, f"{self.NOTE.replace('E02', 'E03')}Gặp nạn nhân ngay. {PLAIN}")
        assert [one.counts for one in check(files, CONTEXT) if one.code == "E02"] == [True]

    def test_in_questions_the_note_is_a_yaml_comment(self, clean: Files) -> None:
        line = next(line for line in clean[QUESTIONS].decode().split("\n") if RIGHT in line)
        noted = f"  # cho-phep: E05 nêu ra để trả lời\n{line.replace(RIGHT, RIGHT + ' Đèn nhà ai')}"
        files = replaced(clean, QUESTIONS, line, noted)
        (found,) = (one for one in check(files, CONTEXT) if one.code == "E05")
        assert found.allowed_reason == "nêu ra để trả lời"

    def test_what_is_history_may_name_repealed_decrees(self, clean: Files) -> None:
        files = replaced(clean, LESSON, PLAIN, f"<!-- lich-su -->\nTrước kia là 144/2021. {PLAIN}")
        assert not [one for one in check(files, CONTEXT) if one.code == "E09" and one.counts]


@pytest.mark.parametrize(
    ("path", "old", "new", "code", "detail"),
    [
        (LESSON, 'law: ["L13:12.2.a"', 'law: ["L99:1"', "E12", "law-unknown"),
        (LESSON, "outcome: k1-m3-o1", "outcome: k1-m3-o9", "E12", "outcome-unknown"),
        (LESSON, "outcome: k1-m3-o1\n", "", "E12", "missing"),
        (LESSON, "reviewed_on: 2026-11-24", "reviewed_on: mai", "E12", "bad-date"),
        (LESSON, "reviewed_on: 2026-11-24\n", "", "E12", "missing"),
        (LESSON, 'content_note: "Có tiếng quát và tiếng đồ vật rơi, nghe từ ngoài ngõ."\n', "", "E12", "missing"),
        (QUESTIONS, 'law: ["L13:12.2.a", "L13:19.1.b", "L13:23.2"]\n  stem', "law: []\n  stem", "E12", "missing"),
        (QUESTIONS, "reviewed_on: 2026-11-24\n", "", "E12", "missing"),
        (LESSON, "practice: [k1-m3-q03]", "practice: [k1-m3-q77]", "E13", "practice-unknown"),
        (LESSON, "::: ghi-nho", "::: ghi-ghi", "E13", "container-unknown"),
        (LESSON, "::: luat L13:12.2.a", "::: luat L99:1", "E12", "law-unknown"),
        (LESSON, PLAIN, f"{PLAIN} {{{{duong-day:khong-co}}}}", "E13", "hotline-unknown"),
        (LESSON, PLAIN, f"{PLAIN} ![](media/x.svg)", "W05", "image-words-missing"),
        (MODULE, "tiet_tt: 0.25", "tiet_tt: 2", "E13", "hours-over"),
        (MODULE, "must_be_right: [k1-m3-q01, k1-m3-q07]", "must_be_right: [k1-m3-q55]", "E13", "must-unknown"),
        ("course.yaml", "count: 2", "count: 3", "E13", "pool-small"),
        ("course.yaml", "module: k1-m3", "module: k1-m9", "E13", "quiz-module-unknown"),
        ("course.yaml", "final_quiz:", "for_roles: [CTV_DS, hgv]\nfinal_quiz:", "W05", "role-unknown"),
        ("course.yaml", "final_quiz:", f"{BEFORE % ('k1-m9', 1)}final_quiz:", "E13", "quiz-module-unknown"),
        ("course.yaml", "final_quiz:", f"{BEFORE % ('k1-m3', 5)}final_quiz:", "E13", "pre-test-large"),
        ("course.yaml", "draw: [{module: k1-m3, count: 2}]", "draw: []", "E13", "quiz-none"),
        (QUESTIONS, "type: single", "type: sigle", "E13", "unknown_type"),
        (LESSON, "minutes: 2.5", "minutes: 9", "W01", "minutes-off"),
        (LESSON, PLAIN, f"{'chữ ' * 60}{PLAIN}", "W01", "sentence-long"),
        (LESSON, PLAIN, f"{'Một câu ngắn. ' * 60}{PLAIN}", "W01", "screen-length"),
        (QUESTIONS, RIGHT, RIGHT + ", đứng xa, chờ, chỉ đường, rồi ghi giờ lại cho nhớ", "W04", "key-long"),
        (QUESTIONS, WRONG, "Tất cả các ý trên", "W04", "catch-all"),
        (QUESTIONS, "Ngại làm phiền là điều dễ hiểu.", "Sai rồi.", "W04", "feedback-cold"),
        (QUESTIONS, "Ngại làm phiền là điều dễ hiểu.", "dài " * 40, "W04", "feedback-long"),
    ],
)
def test_fields_hours_and_questions(clean: Files, path: str, old: str, new: str, code: str, detail: str) -> None:
    assert detail not in details(clean)
    found = [one for one in check(replaced(clean, path, old, new), CONTEXT) if one.detail == detail]
    assert {one.code for one in found} == {code}


def test_an_empty_content_note_is_right_only_for_a_calm_story(clean: Files) -> None:
    files = replaced(clean, LESSON, '"Có tiếng quát và tiếng đồ vật rơi, nghe từ ngoài ngõ."', '""')
    assert "empty-note" not in details(files)
    assert "empty-note" in details(with_words(files, "Có lời đe dọa.", STORY))


def test_hours_far_below_what_it_takes_are_a_warning(clean: Files) -> None:
    files = replaced(clean, LESSON, PLAIN, f"{'Một câu ngắn. ' * 900}{PLAIN}")
    assert "W07" in codes(files)
    assert "W07" not in codes(clean)


def test_a_module_without_a_case_is_a_warning_for_now(clean: Files) -> None:
    text = clean[QUESTIONS].decode()
    without = clean | {QUESTIONS: text[: text.index("- id: k1-m3-c01")].encode()}
    found = [one for one in check(without, CONTEXT) if one.code == "W06"]
    assert [one.severity for one in found] == ["warning"]
    assert "W06" not in codes(clean)


def test_a_module_needs_a_must_be_right_item(clean: Files) -> None:
    files = replaced(clean, QUESTIONS, "must_be_right: true", "must_be_right: false")
    assert "must-none" not in details(files)
    files = replaced(files, MODULE, "must_be_right: [k1-m3-q01, k1-m3-q07]", "must_be_right: []")
    assert "must-none" in details(files)


def test_three_screens_in_a_row_need_practice(clean: Files) -> None:
    folder = LESSON.rpartition("/")[0]
    files = dict(clean)
    for number, practice in ((1, "k1-m3-q03"), (2, "k1-m3-q01"), (3, "k1-m3-q08")):
        files = replaced(files, f"{folder}/lesson-0{number}.vi.md", f"practice: [{practice}]", "practice: []")
        assert ("practice-late" in details(files)) == (number == 3)
    files = replaced(files, f"{folder}/lesson-04.vi.md", "practice: [k1-m3-q04, k1-m3-q06]", "practice: []")
    assert "practice-none" in details(files)


def test_a_text_not_read_again_within_a_year_is_old(clean: Files) -> None:
    later = Context(LAW, HOTLINES, CONTEXT.place_names, date(2027, 11, 24))
    assert "review-old" in details(clean, later)
    assert "review-old" not in details(clean, Context(LAW, HOTLINES, CONTEXT.place_names, date(2027, 11, 23)))


@pytest.mark.parametrize(
    ("front", "stale"),
    [
        ("status: reviewed\nreviewed_on: 2026-11-01", True),
        ("status: reviewed", True),
        ("status: reviewed\nreviewed_on: 2026-11-24", False),
        ("status: draft", False),
    ],
)
def test_a_khmer_text_reviewed_before_its_source_is_stale(clean: Files, front: str, stale: bool) -> None:
    files = clean | {LESSON.replace(".vi.", ".km."): f'---\ntitle: "ក"\n{front}\n---\nក\n'.encode()}
    assert ("khmer-stale" in details(files)) is stale


class TestCast:
    CAST = (
        'cast: [{who: "ông Năm", sex: nam, age: 74, role: bi}, '
        '{who: "cô Muội", sex: nu, age: 58, ethnic: hoa, role: chuyen-mon}]'
    )

    def cast(self, files: Files, *figures: str) -> set[str]:
        return details(replaced(files, QUESTIONS, self.CAST, f"cast: [{', '.join(figures)}]"))

    def test_shares_of_women_and_men_have_bands(self, clean: Files) -> None:
        assert {"cast-women", "cast-men"} <= details(clean)
        women = [f'{{who: "chị {n}", sex: nu, age: 30, role: bi}}' for n in range(6)]
        women.append('{who: "anh Tư", sex: nam, age: 30, role: bi}')
        assert not {"cast-women", "cast-men"} & self.cast(clean, *women)

    def test_a_child_counts_as_a_child(self, clean: Files) -> None:
        """Six girls among thirteen women and five men: nobody has to be left out for the shares' sake."""
        grown = [f'{{who: "chị {n}", sex: nu, age: 30, role: bi}}' for n in range(13)]
        grown += [f'{{who: "anh {n}", sex: nam, age: 30, role: bi}}' for n in range(5)]
        girls = [f'{{who: "bé {n}", sex: nu, age: 8, role: bi}}' for n in range(6)]
        assert not {"cast-women", "cast-men"} & self.cast(clean, *grown, *girls)
        assert "cast-women" in self.cast(clean, *grown, *(girl.replace("age: 8", "age: 16") for girl in girls))

    def test_children_and_elders_are_among_the_harmed(self, clean: Files) -> None:
        assert not {"cast-child", "cast-elder"} & details(clean)
        assert "cast-elder" in self.cast(clean, '{who: "ông Năm", sex: nam, age: 44, role: bi}')

    def test_no_ethnicity_of_those_who_acted_and_both_sexes_among_them(self, clean: Files) -> None:
        one = '{who: "anh Ba", sex: nam, age: 40, role: co}'
        assert "cast-acted-sex" in self.cast(clean, one)
        assert "cast-acted-sex" not in self.cast(clean, one, '{who: "chị Ba", sex: nu, age: 40, role: co}')
        assert "cast-acted-ethnic" in self.cast(clean, one.replace("role", "ethnic: khmer, role"))

    def test_a_people_appears_as_professionals_at_least_as_often_as_in_trouble(self, clean: Files) -> None:
        assert "cast-ethnic" not in details(clean)
        assert "cast-ethnic" in self.cast(clean, '{who: "bà Tư", sex: nu, age: 70, ethnic: hoa, role: bi}')


@pytest.mark.usefixtures("app")
def test_every_finding_can_be_said_in_words(clean: Files) -> None:
    broken = with_words(clean, "Gặp nạn nhân, gọi 113, 5 triệu, mẫu số 2, thủ phạm.", PLAIN)
    broken = replaced(broken, "course.yaml", "count: 2", "count: 9")
    found = check(broken, CONTEXT)
    assert len(found) > 6
    for one in found:
        assert "%(" not in what_of(one)
    assert where_of(Finding("W04", QUESTIONS, "k1-m3-q01:options.2.fb")) == "câu k1-m3-q01, lựa chọn c lời nhắn"
    assert where_of(Finding("E02", LESSON, "line:12")) == "dòng 12"


def test_only_whole_names_with_their_capitals_are_places() -> None:
    names = telling_names(["Phường Long Đức", "Khóm 5", "Ấp Chợ"])
    assert "Long Đức" in names
    assert "5" not in names
    assert "Chợ" not in names
    assert places_in("Chị ở Long Đức", names) == ["Long Đức"]
    assert places_in("sống hòa bình", names) == []


def test_a_package_that_cannot_be_read_is_one_error_not_an_exception(clean: Files) -> None:
    assert codes({"course.yaml": b"\xff"}) == {"E13"}
    assert "E13" in codes(clean | {QUESTIONS: b"items: ["})
    assert "E13" in codes(clean | {LESSON: b"no front matter"})


class TestReadingAgain:
    """W08: where a wrong answer leads back to must be named, unless a lesson that teaches it practises it."""

    AT = "- id: k1-m3-q03\n"

    def missing(self, files: Files) -> set[str]:
        return {one.place for one in check(files, CONTEXT) if one.code == "W08"}

    def without_practice(self, files: Files) -> Files:
        path = f"modules/{FOLDER}/lesson-01.vi.md"
        return replaced(files, path, "practice: [k1-m3-q03]", "practice: []")

    def named(self, files: Files, lesson: str) -> Files:
        return replaced(files, QUESTIONS, self.AT, f'{self.AT}  read_again: "{lesson}"\n')

    def test_an_item_that_no_lesson_practises_needs_a_lesson(self, clean: Files) -> None:
        assert "k1-m3-q03" not in self.missing(clean)
        files = self.without_practice(clean)
        assert "k1-m3-q03" in self.missing(files)
        assert "k1-m3-q03" not in self.missing(self.named(files, "lesson-01.vi.md"))

    def test_what_is_never_drawn_needs_none(self, clean: Files) -> None:
        files = replaced(self.without_practice(clean), "course.yaml", "count: 2", "count: 0")
        assert self.missing(files) == set()

    def test_a_recall_item_is_practised_where_it_is_not_taught(self, clean: Files) -> None:
        text = clean[QUESTIONS].decode()
        first = text[text.index(self.AT) :]
        tags = next(line for line in first.split("\n") if "tags: [" in line)
        files = replaced(clean, QUESTIONS, tags, tags.replace("tags: [", "tags: [nhac-lai, "))
        assert self.missing(files) - self.missing(clean) == {"k1-m3-q03"}

    def test_the_lesson_must_be_there(self, clean: Files) -> None:
        assert "read-again-unknown" not in details(self.named(clean, "lesson-01.vi.md"))
        found = [one for one in check(self.named(clean, "lesson-99.vi.md"), CONTEXT) if one.code == "E13"]
        assert [(one.place, one.text, one.detail) for one in found] == [
            ("k1-m3-q03", "lesson-99.vi.md", "read-again-unknown")
        ]
