"""Error pages: what happened, what was kept, what to do. JSON problem details (RFC 9457) for /api/."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, current_app, json, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError, ServiceUnavailable, TooManyRequests

from lms.measures import measures
from lms.web.logs import request_id
from lms.web.refusals import Refusal

log = structlog.get_logger("lms.web")


@dataclass(frozen=True)
class Words:
    """The three sentences of an error page."""

    happened: str
    kept: str
    todo: str


_UNTOUCHED = _l("Không có gì thay đổi, những gì đã lưu vẫn còn nguyên.")
_NOT_WRITTEN = _l("Lần bấm vừa rồi chưa được ghi. Những gì đã lưu trước đó vẫn còn nguyên.")

WORDS = {
    400: Words(
        _l("Máy chủ không hiểu yêu cầu này"),
        _NOT_WRITTEN,
        _l("Quay lại trang trước, tải lại trang đó rồi làm lại bước vừa rồi."),
    ),
    401: Words(_l("Anh/Chị cần đăng nhập"), _UNTOUCHED, _l("Đăng nhập rồi mở lại trang này.")),
    403: Words(
        _l("Trang này không dành cho tài khoản của Anh/Chị"),
        _UNTOUCHED,
        _l("Nếu công việc của Anh/Chị cần trang này, hãy nhờ người quản trị cấp quyền."),
    ),
    404: Words(
        _l("Không tìm thấy trang này"),
        _UNTOUCHED,
        _l("Đường dẫn có thể bị gõ thiếu hoặc đã cũ. Hãy về trang đầu và mở lại từ đó."),
    ),
    409: Words(
        _l("Nội dung này vừa được thay đổi ở nơi khác"),
        _NOT_WRITTEN,
        _l("Tải lại trang để xem bản mới nhất, rồi làm lại nếu vẫn cần."),
    ),
    413: Words(
        _l("Tệp hoặc nội dung gửi lên quá lớn"),
        _NOT_WRITTEN,
        _l("Chia nhỏ tệp, hoặc bỏ bớt hình ảnh trong tệp rồi gửi lại."),
    ),
    429: Words(
        _l("Anh/Chị đã thử quá nhiều lần trong thời gian ngắn"),
        _NOT_WRITTEN,
        _l("Chờ vài phút rồi thử lại."),
    ),
    500: Words(
        _l("Máy chủ gặp lỗi khi làm việc này"),
        _l("Lần bấm vừa rồi có thể chưa được ghi. Những gì đã lưu trước đó vẫn còn nguyên."),
        _l("Chờ một phút rồi thử lại. Nếu vẫn lỗi, hãy báo cho phường và đọc mã dưới đây."),
    ),
    503: Words(_l("Máy chủ đang bận"), _NOT_WRITTEN, _l("Chờ một phút rồi làm lại bước vừa rồi.")),
}

_STALE_FORM = Words(
    _l("Chưa nhận được lần bấm vừa rồi"),
    _NOT_WRITTEN,
    _l("Có thể trang đã mở quá lâu, hoặc lần bấm không đến từ trang này. Quay lại, tải lại trang rồi bấm lần nữa."),
)

PASSED_ON = ("Retry-After", "Allow", "WWW-Authenticate")

BARE = (
    '<!doctype html><html lang="vi"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Lớp học phường</title>'
    "<h1>{happened}</h1><p>{kept}</p><p>{todo}</p></html>"
)
"""For when the layout itself cannot be drawn: a foreign host name, or an error inside an error page."""


def install(app: Flask) -> None:
    app.register_error_handler(Refusal, show_refusal)
    app.register_error_handler(HTTPException, show_http_error)
    for trouble in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(trouble, show_database_trouble)
    app.register_error_handler(OSError, show_full_disk)


def show_refusal(refusal: Refusal) -> Response:
    """The operation said no, in the user's words."""
    if _wants_json():
        return _problem(refusal.status, refusal.message)
    return make_response(render_template("refusal.html", message=refusal.message), refusal.status)


def show_database_trouble(error: SQLAlchemyError) -> Response:
    """Busy, full, read-only or gone: nothing was acknowledged, so trying again is safe."""
    log.error("database trouble", exc_info=error)
    measures().database_errors.inc()
    return show_http_error(ServiceUnavailable(retry_after=30))


def show_storage_trouble(error: OSError) -> Response:
    """The file could not be kept or read now; what needed it was not written either."""
    log.error("storage trouble", exc_info=error)
    return show_http_error(ServiceUnavailable(retry_after=30))


def show_full_disk(error: OSError) -> Response:
    """An upload found no room for its temporary file. Any other error of the system is one of ours."""
    if not is_full(error):
        raise error
    log.error("disk full", exc_info=error)
    return show_http_error(ServiceUnavailable(retry_after=30))


def is_full(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def show_http_error(error: HTTPException) -> Response:
    """Any other error; what it was made with is never shown, since it may name things it should not."""
    code = error.code or 500
    answer = _problem(code, wait=_wait(error)) if _wants_json() else make_response(_page(code, words_for(error)), code)
    for name, value in error.get_headers():
        if name in PASSED_ON:
            answer.headers[name] = value
    return answer


def words_for(error: HTTPException) -> Words:
    """The sentences for this error; codes without their own take those of 400 or 500."""
    if isinstance(error, CSRFError):
        return _STALE_FORM
    code = error.code or 500
    words = WORDS.get(code) or WORDS[500 if code >= 500 else 400]
    if isinstance(error, TooManyRequests) and isinstance(error.retry_after, int):
        minutes = -(-error.retry_after // 60)
        return Words(words.happened, words.kept, _("Chờ %(minutes)s phút rồi thử lại.", minutes=minutes))
    return words


def _page(code: int, words: Words) -> str:
    """The page within the layout; a bare one if the layout itself fails, which is logged."""
    if isinstance(request.routing_exception, SecurityError):
        return BARE.format(happened=words.happened, kept=words.kept, todo=words.todo)
    try:
        return render_template("error.html", code=code, words=words, request_id=request_id() if code >= 500 else "")
    except Exception as failure:
        log.error("the error page failed", exc_info=failure)
        return BARE.format(happened=words.happened, kept=words.kept, todo=words.todo)


def _wants_json() -> bool:
    """The API's routes, and pages' own requests that ask for JSON and nothing else."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.path.startswith("/api/") or best == "application/json"


def _wait(error: HTTPException) -> int:
    """Seconds until trying again makes sense; 0 where nothing is said of it."""
    wait = getattr(error, "retry_after", None)
    return wait if isinstance(wait, int) else 0


def _problem(code: int, detail: str = "", wait: int = 0) -> Response:
    problem: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(code).phrase, "status": code}
    if detail:
        problem["detail"] = detail
    if wait:
        problem["retry_after"] = wait
    problem["request_id"] = request_id()
    return current_app.response_class(json.dumps(problem), code, mimetype="application/problem+json")
