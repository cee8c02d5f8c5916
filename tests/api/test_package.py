"""The package to take along: whole, fetchable file by file, signed, without a word of what the quiz asks."""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, urlsafe_b64decode
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask
from sqlalchemy import select

from lms.api import practice_files
from lms.courses import operations as courses
from lms.courses.models import Course
from lms.db import db
from lms.quizzes import bank
from tests import editions
from tests.access.world import _png
from tests.api import site
from tests.api.site import Program, World
from tests.factories import Make
from tests.quizzes.learners import new_learner

URL = "/api/v1/courses/k1/package"
PICTURE, LESSON = "modules/01-mau/media/dau.png", "modules/01-mau/lesson-01.vi.md"
TEXT = editions.package()[LESSON]


@pytest.fixture
def learner(app: Flask, world: World) -> Program:
    return Program(app, world.tokens["learner"])


def manifest(program: Program, url: str = URL) -> dict[str, Any]:
    answer = program.get(url)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def everything(program: Program, url: str = URL) -> dict[str, bytes]:
    """path → bytes, each fetched by its hash and compared with it."""
    found = {}
    for entry in manifest(program, url)["files"]:
        answer = program.get(entry["url"])
        data = answer.get_data()
        assert (answer.status_code, answer.mimetype) == (200, entry["type"])
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (entry["sha256"], entry["size"])
        found[entry["path"]] = data
    return found


def publish(bodies: list[editions.Body], more: dict[str, bytes], module: str = "k1-m1") -> None:
    """A further edition of k1, whose quiz draws from `module`."""
    files = editions.package(bodies) | more
    with db.write():
        edition = courses.import_package(files)
        bank.store_items(edition, "k1-m1", bodies)
        described = edition.front["final_quiz"] | {"draw": [{"module": module, "count": 1}]}
        bank.store_quiz(edition, described, [])
        courses.publish(edition, by="test")


def on_newest(app: Flask, make: Make) -> Program:
    return Program(app, site.token(new_learner(make).account_id).text)


@pytest.mark.both
def test_it_holds_the_lessons_and_each_file_is_what_its_hash_says(learner: Program) -> None:
    files = everything(learner)
    assert sorted(files) == [
        "course.json",
        "lessons/01.vi.html",
        "lessons/02.vi.html",
        "modules/1.vi.html",
        "practice/01.vi.json",
        "practice/02.vi.json",
    ]
    assert files["lessons/01.vi.html"].decode() == "<p>Một ý.</p>\n"
    course = json.loads(files["course.json"])
    [module] = course["modules"]
    assert (course["course"], course["edition"], course["title"]) == ("k1", 1, "Khóa mẫu")
    assert [lesson["pages"]["vi"] for lesson in module["lessons"]] == ["lessons/01.vi.html", "lessons/02.vi.html"]
    assert [lesson["practice"]["vi"] for lesson in module["lessons"]] == ["practice/01.vi.json", "practice/02.vi.json"]


def test_the_whole_has_a_hash_that_anybody_can_compute(learner: Program) -> None:
    found = manifest(learner)
    lines = sorted(f"{file['sha256']}  {file['path']}\n" for file in found["files"])
    assert hashlib.sha256("".join(lines).encode()).hexdigest() == found["package"]
    assert len(found["content_hash"]) == 64


def test_no_word_of_the_quiz_is_in_it(learner: Program) -> None:
    """Every feedback of tests/editions.py carries the canary; every practice item can be drawn there."""
    files = everything(learner)
    whole = json.dumps(manifest(learner)) + "".join(data.decode() for data in files.values())
    assert editions.CANARY not in whole
    assert '"correct"' not in whole and '"feedback"' not in whole and "must_be_right" not in whole
    items = json.loads(files["practice/01.vi.json"])["items"]
    assert [item["keyed"] for item in items] == [False, False]
    assert items[0]["stem"] == "Câu hỏi số 1?" and len(items[0]["options"]) == 3


def test_without_the_rule_the_answers_would_be_in_it(learner: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    monkeypatch.setattr(practice_files.Assessed, "__contains__", lambda self, item: False)
    assert editions.CANARY in everything(learner)["practice/01.vi.json"].decode()


def test_what_another_edition_draws_from_goes_without_its_key(app: Flask, world: World, make: Make) -> None:
    """This edition's own quiz draws elsewhere, but a learner may come to the other one."""
    publish(list(editions.ITEMS), {LESSON: TEXT + "\nThêm một ý.\n".encode()}, module="k1-m2")
    program = on_newest(app, make)
    assert manifest(program)["edition"] == 2
    assert editions.CANARY not in everything(program)["practice/01.vi.json"].decode()


def test_practice_alone_carries_what_is_right_and_why(app: Flask, make: Make) -> None:
    publish(list(editions.ITEMS), {}, module="k1-m2")
    program = on_newest(app, make)
    [item, _other] = json.loads(everything(program)["practice/01.vi.json"])["items"]
    assert item["keyed"] is True
    assert [option["id"] for option in item["options"] if option["correct"]] == ["b"]
    assert all(editions.CANARY in option["feedback"] for option in item["options"])
    with db.write():  # a quiz that is not even published yet could draw it one day
        draft = courses.start_draft(db.session.scalars(select(Course)).one())
        bank.store_quiz(draft, draft.front["final_quiz"], [])
    assert editions.CANARY not in everything(program)["practice/01.vi.json"].decode()


def test_pictures_are_in_it_under_the_name_that_lessons_use(app: Flask, make: Make) -> None:
    publish(list(editions.ITEMS), {PICTURE: _png(), LESSON: TEXT + "\n![Một dấu](media/dau.png)\n".encode()})
    program = on_newest(app, make)
    files = everything(program)
    assert files[PICTURE] == _png()
    [entry] = [file for file in manifest(program)["files"] if file["path"] == PICTURE]
    assert f'src="{entry["src"]}"' in files["lessons/01.vi.html"].decode()
    assert program.get(entry["url"]).headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.both
def test_who_is_not_enrolled_finds_nothing(app: Flask, world: World, make: Make, learner: Program) -> None:
    [first, *_others] = manifest(learner)["files"]
    stranger = Program(app, site.token(make.account("Ai", person_id=make.person())).text)
    for url in (URL, first["url"], "/api/v1/courses/k9/package", "/api/v1/courses/K1/package"):
        assert stranger.get(url).status_code == 404, url
    for url in (
        "/api/v1/courses/k9/package",
        f"{URL}/{'0' * 64}",
        f"{URL}/course.json",
        f"{URL}/{first['sha256'][:63]}",
    ):
        assert learner.get(url).status_code == 404, url
    assert Program(app, world.tokens["manager"]).get(first["url"]).status_code == 403
    assert Program(app).get(first["url"]).status_code == 401


def test_a_file_of_another_edition_is_not_there(app: Flask, world: World, make: Make, learner: Program) -> None:
    publish(list(editions.ITEMS), {LESSON: TEXT + "\nThêm một ý.\n".encode()})
    newer = on_newest(app, make)
    old, new = manifest(learner), manifest(newer)
    assert (old["edition"], new["edition"]) == (1, 2), "who is under way stays on the edition she began"
    only_new = {file["url"] for file in new["files"]} - {file["url"] for file in old["files"]}
    assert only_new
    assert {learner.get(url).status_code for url in only_new} == {404}


def test_it_may_be_kept_by_this_one_device_and_asked_for_again(learner: Program) -> None:
    first = learner.get(URL)
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert {part.strip() for part in first.headers["Vary"].split(",")} >= {"Cookie", "Authorization"}
    again = learner.get(URL, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    assert learner.get(URL, headers={"If-None-Match": '"another"'}).status_code == 200
    file = first.get_json()["files"][0]
    kept = learner.get(file["url"])
    assert kept.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert kept.headers["ETag"] == f'"{file["sha256"]}"'
    assert learner.get(file["url"], headers={"If-None-Match": kept.headers["ETag"]}).status_code == 304


def test_a_browser_that_takes_it_compressed_may_ask_again_too(learner: Program) -> None:
    packed = {"Accept-Encoding": "gzip"}
    first = learner.get(URL, headers=packed)
    assert first.headers["Content-Encoding"] == "gzip"
    assert learner.get(URL, headers=packed | {"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_who_has_the_etag_alone_learns_nothing(app: Flask, world: World, make: Make, learner: Program) -> None:
    tag = learner.get(URL).headers["ETag"]
    stranger = Program(app, site.token(make.account("Ai", person_id=make.person())).text)
    assert stranger.get(URL, headers={"If-None-Match": tag}).status_code == 404


def test_the_cookie_opens_it_as_well(app: Flask, world: World) -> None:
    browser = Program(app, Cookie=site.cookie(app, world.visits["learner"]))
    assert everything(browser)


def test_the_signature_holds_and_holds_for_nothing_else(app: Flask, learner: Program) -> None:
    found = manifest(learner)
    [told] = Program(app).get("/api/v1/keys").get_json()["keys"]
    assert found["signature"]["key"] == told["kid"]
    said = f"lhp-package/1\n{found['course']}\n{found['edition']}\n{found['package']}\n".encode()
    signature = signature_of(found)
    public_key(told).verify(signature, said, ECDSA(SHA256()))
    with pytest.raises(InvalidSignature):
        public_key(told).verify(signature, said.replace(b"\n1\n", b"\n2\n"), ECDSA(SHA256()))
    assert manifest(learner)["signature"] == found["signature"], "the same each time, so that the ETag covers it"


def test_another_secret_signs_with_another_key(app: Flask, learner: Program) -> None:
    before = manifest(learner)
    app.config["SECRET_KEY"] = "another-0123456789-abcdefghijklmnopqrstuvwxyz"
    [told] = Program(app).get("/api/v1/keys").get_json()["keys"]
    assert told["kid"] != before["signature"]["key"]


def signature_of(found: dict[str, Any]) -> bytes:
    raw = b64decode(found["signature"]["value"])
    assert len(raw) == 64
    return encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))


def public_key(told: dict[str, str]) -> EllipticCurvePublicKey:
    x, y = (int.from_bytes(urlsafe_b64decode(told[name] + "=")) for name in ("x", "y"))
    return EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
