"""A tiny course as a package, whose every secret carries a mark that no page may show before its time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

CANARY = "CHIM-HOANG-YEN"
"""In every feedback: where a learner can read it, an answer has leaked."""

Body = dict[str, Any]


def single(number: int, right: str = "b", **more: Any) -> Body:
    options: list[Body] = [
        {"id": name, "text": f"Ý {name} của câu {number}", "fb": f"{CANARY} câu {number} ý {name}"} for name in "abc"
    ]
    for option in options:
        if option["id"] == right:
            option["correct"] = True
    return _common(number, "single") | {"options": options} | more


def multiple(number: int, right: str = "ac", **more: Any) -> Body:
    body = single(number, "none") | {"type": "multiple", "score": "each"}
    for option in body["options"]:
        if option["id"] in right:
            option["correct"] = True
    return body | more


def true_false(number: int, answer: bool = False, **more: Any) -> Body:
    said = {"true": f"{CANARY} câu {number} true", "false": f"{CANARY} câu {number} false"}
    return _common(number, "true_false") | {"answer": answer, "fb": said} | more


def _common(number: int, kind: str) -> Body:
    return {
        "id": f"k1-m1-q{number:02d}",
        "type": kind,
        "stem": f"Câu hỏi số {number}?",
        "outcome": "k1-m1-o1",
        "law": ["L13:2.1"],
        "difficulty": 1,
    }


PAIR: Body = {"must_be_right": True, "tags": ["cap-an-toan"]}
ITEMS: Sequence[Body] = (
    single(1, **PAIR),
    single(2, **PAIR),
    multiple(3),
    true_false(4, content_note="Có nhắc một lời dọa."),
    *(single(number) for number in range(5, 12)),
)


def package(
    items: Iterable[Body] = ITEMS, *, lessons: int = 2, draw: int = 10, quiz: Mapping[str, Any] | None = None
) -> dict[str, bytes]:
    """path → bytes of a course "k1" with one module; `quiz` changes what course.yaml says of its quiz."""
    bodies = list(items)
    final = {"title": "Bài kiểm tra mẫu", "draw": [{"module": "k1-m1", "count": draw}], "pass": 80, "wait_minutes": 10}
    course = {
        "schema": "lhp-course/1",
        "code": "k1",
        "title": "Khóa mẫu",
        "tiet_tt": 1,
        "tiet_ttr": 0,
        "validity_months": 12,
        "motif": 1,
        "modules": ["01-mau"],
        "final_quiz": final | dict(quiz or {}),
    }
    files = {
        "course.yaml": _yaml(course),
        "modules/01-mau/module.vi.md": _document({"title": "Phần mẫu", "tiet_tt": 1, "tiet_ttr": 0}, "Lời dẫn."),
        "modules/01-mau/questions.yaml": _yaml({"schema": "lhp-questions/1", "module": "k1-m1", "items": bodies}),
    }
    for n in range(1, lessons + 1):
        practice = [body["id"] for body in bodies[(n - 1) * 2 : n * 2]]
        front = {"title": f"Bài mẫu {n}", "minutes": 3, "outcome": "k1-m1-o1", "practice": practice}
        files[f"modules/01-mau/lesson-{n:02d}.vi.md"] = _document(front, "Một ý.")
    return files


def _yaml(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()  # JSON is YAML


def _document(front: Mapping[str, Any], body: str) -> bytes:
    return b"---\n" + _yaml(dict(front)) + b"\n---\n" + body.encode() + b"\n"
