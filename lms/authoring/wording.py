"""Findings of the checks as sentences for the person who can mend them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.authoring.checks.findings import Finding

_CODES = {
    "E01": _l("“%(text)s”: câu này hỏi hoặc kết tội người bị bạo lực; hãy bỏ"),
    "E02": _l("“%(text)s”: viết “người bị bạo lực gia đình” (chỉ để trong lời trích của luật)"),
    "E03": _l("“%(text)s”: viết “người có hành vi bạo lực gia đình”"),
    "E04": _l("“%(text)s”: chỉ hòa giải mâu thuẫn, tranh chấp; không hòa giải bạo lực"),
    "E05": _l("“%(text)s”: lời bao biện chỉ được đặt trong tình huống hoặc lựa chọn chưa đúng"),
    "E06": _l("“%(text)s”: lời tả quá mạnh; hãy nói nhẹ đi"),
    "E07": _l("“%(text)s”: không gõ số điện thoại; dùng {{duong-day:…}}"),
    "E08": _l("“%(text)s”: đường dây trẻ em không phải là tổng đài bạo lực gia đình; nói rõ là cho trẻ em"),
    "E09": _l("“%(text)s”: đã bãi bỏ hoặc không còn; ghi lý do nếu nói về lịch sử"),
    "E10": _l("“%(text)s”: nêu mức tiền hoặc số mẫu thì phải dẫn điều của Nghị định"),
    "E11": _l("“%(text)s”: tên nơi có thật; chuyện phải đặt ở nơi bịa ra"),
    "E14": _l("“%(text)s”: không hứa điều mình không giữ được"),
    "W02": _l("“%(text)s”: chữ này người học có thể không quen; tìm chữ thường dùng hơn"),
    "W03": _l("“%(text)s”: đừng nói rượu, nghèo, ghen là nguyên nhân của bạo lực"),
    "W06": _l("phần này chưa có câu chuyện nhiều bước (loại này chưa chơi được, nên chưa bắt buộc)"),
    "W07": _l("bài dài hơn nhiều so với số tiết khai; tính ra được %(text)s tiết"),
}
_DETAILS = {
    "package": _l("%(text)s"),
    "missing": _l("thiếu “%(text)s”"),
    "bad-date": _l("“%(text)s” phải là một ngày, viết 2026-11-24"),
    "law-unknown": _l("chưa hiểu “%(text)s” là điều luật nào; viết như L13:12.2.a, hoặc chọn trong danh sách"),
    "outcome-unknown": _l("phần này không có điều cần đạt “%(text)s”"),
    "empty-note": _l("tình huống có nhắc bạo lực, nên phải có lời báo trước"),
    "role-unknown": _l("dòng “for_roles” có chức danh không có trong danh mục (%(text)s)"),
    "pre-test-large": _l("phần %(text)s không đủ câu cho cả bài thử sức lẫn bài kiểm tra mà không trùng"),
    "audio-missing": _l("không thấy tệp bản thu mà bài này gọi tên (%(text)s)"),
    "audio-kind": _l("tệp %(text)s không phải bản thu MP3 hay M4A"),
    "audio-stale": _l("chữ đã đổi sau khi thu âm; nghe lại, rồi thu lại hoặc gửi lại bản thu nếu vẫn đúng"),
    "hours-over": _l("số tiết khai nhiều hơn số tiết tính được (%(text)s)"),
    "pool-small": _l("câu hỏi làm bài được còn ít; cần ít nhất %(text)s câu cho số câu rút ra"),
    "must-none": _l("phần này chưa có câu nào bắt buộc đúng"),
    "must-unknown": _l("không có câu “%(text)s” để bắt buộc đúng"),
    "quiz-none": _l("khóa học chưa có bài kiểm tra (final_quiz, draw)"),
    "quiz-module-unknown": _l("bài kiểm tra rút từ phần “%(text)s”, nhưng khóa không có phần này"),
    "practice-unknown": _l("không có câu “%(text)s” để luyện ở bài này"),
    "practice-late": _l("đã %(text)s bài liền chưa có câu luyện nào; nhiều nhất là hai"),
    "practice-none": _l("phần này không có bài nào luyện tập"),
    "option-missing": _l("lựa chọn %(text)s chưa có lời"),
    "fb-missing": _l("lựa chọn %(text)s chưa có lời nhắn"),
    "read-again-unknown": _l("bài nên đọc lại không còn trong phần này: “%(text)s”"),
    "read-again-missing": _l("chưa chọn bài nên đọc lại khi trả lời chưa đúng"),
    "front-missing": _l("thiếu phần khai báo giữa hai dòng ---"),
    "container-nested": _l("khung “%(text)s” mở trong một khung khác"),
    "container-unknown": _l("không có khung tên “%(text)s”"),
    "container-not-open": _l("có dòng ::: đóng khung mà chưa mở khung nào"),
    "container-open": _l("có khung chưa đóng bằng dòng :::"),
    "hotline-unknown": _l("không có đường dây “%(text)s”"),
    "link-outside": _l("không dẫn ra ngoài bài học (%(text)s)"),
    "image-outside": _l("hình phải nằm trong thư mục media (%(text)s)"),
    "image-words-missing": _l("hình chưa có lời mô tả (%(text)s)"),
    "not_an_item": _l("không đúng dạng một câu hỏi"),
    "double_id": _l("hai câu trùng mã"),
    "bad_id": _l("mã câu sai mẫu (ví dụ k1-m1-q05)"),
    "not_a_list": _l("“%(text)s” phải là một danh sách"),
    "unknown_type": _l("loại câu hỏi không có"),
    "unknown_key": _l("không có dòng tên “%(text)s”"),
    "bad_option_id": _l("mã lựa chọn phải là một chữ cái, mỗi lựa chọn một chữ"),
    "one_right_of_three_to_five": _l("câu chọn một cần ba đến năm lựa chọn, đúng một lựa chọn đúng"),
    "some_right_not_all": _l("câu chọn nhiều cần ít nhất một lựa chọn đúng và một lựa chọn chưa đúng"),
    "screen-length": _l("bài này dài %(text)s chữ; nên từ 120 đến 220"),
    "minutes-off": _l("số phút khai lệch; tính ra được %(text)s phút"),
    "sentence-long": _l("câu dài hơn 28 chữ: “%(text)s”"),
    "sentences-long": _l("các câu dài quá; trung bình nên dưới 14 chữ"),
    "catch-all": _l("lựa chọn gom hết: “%(text)s”"),
    "key-long": _l("đáp án dài hơn hẳn các lựa chọn khác, nên dễ đoán"),
    "same-letter": _l("quá nhiều câu có đáp án ở cùng chữ “%(text)s”"),
    "feedback-long": _l("lời nhắn dài %(text)s chữ; nhiều nhất là 35"),
    "feedback-cold": _l("lời nhắn nghe như trách: “%(text)s”"),
    "review-old": _l("đã hơn mười hai tháng chưa đọc lại (%(text)s)"),
    "khmer-stale": _l("bản Khmer được duyệt trước lần đọc lại gần nhất của bản tiếng Việt"),
    "cast-women": _l("người bị bạo lực là nữ chiếm %(text)s; nên từ 50 đến 70 %%"),
    "cast-men": _l("người bị bạo lực là nam chiếm %(text)s; nên từ 15 đến 30 %%"),
    "cast-child": _l("chưa có trẻ em nào trong những người bị bạo lực"),
    "cast-elder": _l("chưa có người cao tuổi nào trong những người bị bạo lực"),
    "cast-disabled": _l("chưa có chuyện nào mang nhãn khuyet-tat (người khuyết tật)"),
    "cast-acted-sex": _l("người có hành vi bạo lực nên có cả nam và nữ"),
    "cast-acted-ethnic": _l("không ghi dân tộc của người có hành vi bạo lực (%(text)s)"),
    "cast-ethnic": _l("người dân tộc %(text)s cần có mặt trong vai người làm việc ít nhất bằng trong vai gặp chuyện"),
}
_FIELDS = {
    "law": _l("căn cứ pháp luật"),
    "outcome": _l("điều cần đạt"),
    "outcomes": _l("các điều cần đạt"),
    "content_note": _l("lời báo trước"),
    "reviewed_on": _l("ngày đọc lại"),
    "stem": _l("câu hỏi"),
    "options": _l("lựa chọn"),
    "answer": _l("đáp án"),
    "fb": _l("lời nhắn"),
}
"""Fields by the names that the editor's form gives them; in files they have the key."""
_ANSWERS = {"true": _l("“Đúng”"), "false": _l("“Không đúng”")}
_PARTS = {
    "stem": _l("câu hỏi"),
    "scenario": _l("câu chuyện dẫn"),
    "hint": _l("gợi ý"),
    "content_note": _l("lời báo trước"),
    "fb": _l("lời nhắn"),
    "feedback": _l("lời nhắn"),
    "text": _l("lời"),
    "options": _l("lựa chọn"),
    "choices": _l("lựa chọn"),
    "nodes": _l("bước"),
}

MARKS = re.compile(r"[*_`]+")
OPENING = 9
_NAMES_A_FIELD = ("missing", "bad-date")


def say(finding: Finding) -> str:
    """The whole sentence, with the file it is about."""
    where = where_of(finding)
    key = f" [{finding.text}]" if finding.detail in _NAMES_A_FIELD else ""
    return f"{finding.path}{f' ({where})' if where else ''}: {what_of(finding)}{key}"


def what_of(finding: Finding) -> str:
    words = _DETAILS.get(finding.detail) or _CODES[finding.code]
    named = _FIELDS.get(finding.text, finding.text) if finding.detail in _NAMES_A_FIELD else finding.text
    if finding.detail == "fb-missing":
        named = ", ".join(str(_ANSWERS.get(one, one)) for one in finding.text.split(", "))
    said = str(words) % {"text": named}
    return said[:1].upper() + said[1:]


def where_of(finding: Finding) -> str:
    """The place inside the file: "dòng 12", "câu k1-m1-q03, lời nhắn b"; "" for the whole file."""
    kind, _sign, rest = finding.place.partition(":")
    if kind == "line":
        return str(_("dòng %(line)s", line=rest))
    if not kind:
        return ""
    names = [_part(name) for name in rest.split(".") if name]
    return ", ".join(filter(None, [str(_("câu %(item)s", item=kind)), " ".join(names)]))


def item_of(finding: Finding) -> str:
    """The id of the item that a finding is about, or ""."""
    kind, _sign, _rest = finding.place.partition(":")
    return kind if re.match(r"k[0-9]", kind) else ""


def _part(name: str) -> str:
    if name in _PARTS:
        return str(_PARTS[name])
    return chr(ord("a") + int(name)) if name.isdecimal() else name


def bare(text: str) -> str:
    """A stem as a title: without the marks of Markdown."""
    return MARKS.sub("", text)


def opening(story: str) -> str:
    """The first words of a story: they tell apart questions that ask the same of different people."""
    words_of = bare(story).split()
    whole = len(words_of) <= OPENING
    return " ".join(words_of) if whole else " ".join(words_of[:OPENING]).rstrip(".,;:!?") + "…"


def grouped(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    """The same remark about many places is one remark: sentence → its findings, in the order they came."""
    found: dict[tuple[str, str | None], list[Finding]] = {}
    for one in findings:
        found.setdefault((what_of(one), one.allowed_reason), []).append(one)
    return [(sentence, ones) for (sentence, _why), ones in found.items()]
