"""What is wrong with a package, in the words of the person who can mend it."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.courses.files import Problem

_WORDS = {
    "path-escape": _l("tên tệp có ký tự không dùng được hoặc trỏ ra ngoài thư mục khóa học"),
    "path-long": _l("tên tệp hoặc thư mục quá dài"),
    "path-not-nfc": _l("tên tệp gõ dấu theo kiểu cũ; hãy đặt lại tên"),
    "path-clash": _l("trùng tên với tệp hoặc thư mục khác, chỉ khác chữ hoa chữ thường"),
    "too-many-files": _l("có quá nhiều tệp (nhiều nhất %(limit)s)"),
    "package-too-large": _l("gói bài học quá lớn (nhiều nhất %(limit_kb)s kB)"),
    "file-too-large": _l("tệp quá lớn (nhiều nhất %(limit_kb)s kB)"),
    "media-kind": _l(
        "hình hay tiếng này không dùng được: chỉ nhận hình PNG, JPEG, WebP, SVG chỉ có nét vẽ, và tiếng MP3, M4A"
    ),
    "course-missing": _l("chưa có, hoặc không đọc được tệp mô tả khóa học"),
    "course-schema": _l("dòng “schema” phải là %(wanted)s"),
    "course-code": _l("thiếu mã khóa học, hoặc mã có ký tự ngoài chữ thường, số và dấu gạch nối"),
    "no-modules": _l("khóa học chưa có phần nào"),
    "module-number": _l("hai thư mục cùng mang số %(number)s, hoặc số là 00"),
    "module-missing": _l("thư mục phần này chưa có tệp mô tả"),
    "no-lessons": _l("phần này chưa có bài nào"),
    "misnamed": _l("tên tệp không theo mẫu, nên bài này sẽ không hiện ra (mẫu: lesson-01.vi.md)"),
    "field-missing": _l("thiếu dòng “%(field)s”"),
    "field-amount": _l("dòng “%(field)s” phải là một số không âm"),
    "hours-sum": _l("dòng “%(field)s” phải bằng tổng của các phần, là %(whole)s"),
    "modules-list": _l("dòng “modules” phải kể đúng các thư mục phần, theo thứ tự"),
    "title-long": _l("tên dài quá %(limit)s ký tự"),
    "questions-schema": _l("dòng “schema” phải là %(wanted)s, và phải có danh sách “items”"),
    "questions-module": _l("dòng “module” phải là %(wanted)s"),
    "question-shape": _l("câu thứ %(number)s không đúng dạng"),
    "not-utf8": _l("không phải văn bản UTF-8"),
    "not-nfc": _l("có chữ gõ dấu theo kiểu cũ; mở tệp, lưu lại bằng bộ gõ Unicode dựng sẵn"),
    "bad-text": _l("có ký tự điều khiển không hiện ra được"),
    "bad-yaml": _l("phần khai báo viết sai cách"),
    "front-missing": _l("thiếu phần khai báo giữa hai dòng ---"),
}


def say(problem: Problem) -> str:
    """The sentence: "modules/…/lesson-02.vi.md: thiếu dòng “title”"."""
    words = str(_WORDS[problem.code]) % dict(problem.args)
    if problem.args.get("line"):
        words = _("%(what)s (dòng %(line)s)", what=words, line=problem.args["line"])
    return f"{problem.path}: {words}" if problem.path else words
