"""A package is read whatever it holds, and comes out as it went in."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.courses import messages
from lms.courses.documents import DocumentError, load_yaml
from lms.courses.files import REFUSING, content_hash, faults_of_path, manifest
from lms.courses.folder import read_folder, write_folder
from lms.courses.package import Package, read_package
from tests.courses.conftest import Files

COURSE = "course.yaml"
MODULE = "modules/03-bao-tin/module.vi.md"
LESSON = "modules/03-bao-tin/lesson-01.vi.md"
QUESTIONS = "modules/03-bao-tin/questions.yaml"


def codes(package: Package, path: str | None = None) -> list[str]:
    return [problem.code for problem in package.problems if path in (None, problem.path)]


def test_the_gold_sample_has_no_problem_and_its_parts_are_found(gold: Files) -> None:
    package = read_package(gold)
    assert package.problems == ()
    assert package.course is not None
    (module,) = package.course.modules
    assert (module.position, module.code, module.title) == (3, "k1-m3", "Báo tin: ai, ở đâu, thế nào")
    assert [lesson.position for lesson in module.lessons] == [1, 2, 3, 4]
    assert module.lessons[1].title == "Báo ở đâu? Sáu nơi nhận tin"
    assert module.lessons[0].front["reviewed_on"] == "2026-11-24"
    assert len(module.questions) == 9
    assert module.questions[0]["id"] == "k1-m3-q01"


def test_a_folder_goes_in_and_out_byte_for_byte(gold: Files, tmp_path: Path) -> None:
    gold["modules/03-bao-tin/ghi-chu.txt"] = "\ufeffTệp lạ nhưng hợp lệ\r\n".encode()
    write_folder(tmp_path, gold)
    (tmp_path / ".DS_Store").write_bytes(b"desktop")
    assert read_folder(tmp_path) == gold
    assert read_package(gold).problems == ()


@pytest.mark.attack("S14")
def test_nothing_is_written_outside_the_folder_nor_read_through_a_link(tmp_path: Path) -> None:
    outside, root = tmp_path / "secret", tmp_path / "course"
    outside.write_bytes(b"secret")
    with pytest.raises(ValueError, match="inside a package"):
        write_folder(root, {"a.md": b"a", "../secret": b"overwritten"})
    assert not root.exists()
    write_folder(root, {"a.md": b"a"})
    (root / "link.md").symlink_to(outside)
    assert read_folder(root) == {"a.md": b"a"}


def test_the_hash_is_that_of_what_sha256sum_prints() -> None:
    """`printf 1 >a; printf 2 >b; sha256sum a b | sort | sha256sum`."""
    lines = "".join(
        sorted(f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in (("b", b"2"), ("a", b"1")))
    )
    assert content_hash({"b": b"2", "a": b"1"}) == hashlib.sha256(lines.encode()).hexdigest()


def test_the_manifest_lists_every_file_with_its_hash_and_size(gold: Files) -> None:
    listed = manifest(gold)
    assert list(listed) == sorted(gold)
    assert listed[LESSON] == {"sha256": hashlib.sha256(gold[LESSON]).hexdigest(), "size": len(gold[LESSON])}


@given(st.dictionaries(st.text(max_size=20), st.binary(max_size=60), max_size=6))
def test_the_hash_does_not_depend_on_the_order_of_files(files: Files) -> None:
    assert content_hash(files) == content_hash(dict(reversed(files.items())))


@given(
    st.dictionaries(
        st.sampled_from(["course.yaml", MODULE, LESSON, QUESTIONS, "modules/03-bao-tin/lesson-01.km.md"]),
        st.one_of(
            st.binary(max_size=200),
            st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
            st.text(max_size=80).map(lambda text: f"---\n{text}\n---\n{text}".encode("utf-8", "surrogatepass")),
            st.text(alphabet="{}[]:-&*!'\"| \nab0", max_size=80).map(str.encode),
        ),
    )
)
def test_any_bytes_at_all_are_read_into_something_that_json_can_hold(files: Files) -> None:
    good = {"course.yaml": b"schema: lhp-course/1\ncode: k1\ntitle: A\n"}
    package = read_package(good | files)
    if package.course is not None:
        fronts = [package.course.front, *(module.front for module in package.course.modules)]
        lessons = [lesson for module in package.course.modules for lesson in module.lessons]
        json.dumps([fronts, [dict(lesson.front) for lesson in lessons]], allow_nan=False).encode()
        assert all(lesson.title and len(lesson.title) <= 200 and "\0" not in lesson.body for lesson in lessons)
    else:
        assert package.problems


@pytest.mark.attack("S14")
@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("../outside.md", "path-escape"),
        ("/etc/passwd", "path-escape"),
        ("modules/../../x", "path-escape"),
        ("modules//x", "path-escape"),
        ("a\\b", "path-escape"),
        ("C:x", "path-escape"),
        ("a\0b", "path-escape"),
        ("", "path-escape"),
        ("x/...", "path-escape"),
        (".git/config", "path-escape"),
        ("x" * 101, "path-long"),
        (unicodedata.normalize("NFD", "bài.md"), "path-not-nfc"),
        ("media/bài.md", None),
    ],
)
def test_a_path_may_not_leave_the_package(path: str, code: str | None) -> None:
    assert faults_of_path(path) == code


@given(st.text(max_size=30))
def test_every_path_that_is_allowed_stays_inside(path: str) -> None:
    root = Path("/package/root")
    if faults_of_path(path) is None:
        assert (root / path).resolve().is_relative_to(root)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"modules/03-bao-tin/media/a.png": b"<html>"}, "media-kind"),
        ({"big.md": b"x" * 400_001}, "file-too-large"),
        ({"Course.yaml": b""}, "path-clash"),
        ({"course.yaml/x": b""}, "path-clash"),
        ({"course.yaml": b"schema: lhp-course/1\ncode: '../x'\ntitle: A"}, "course-code"),
        ({"course.yaml": b"schema: lhp-course/2\ncode: k1\ntitle: A"}, "course-schema"),
        ({"course.yaml": b"\xff"}, "course-missing"),
    ],
)
def test_what_cannot_be_stored_or_placed_refuses_the_whole_package(gold: Files, change: Files, code: str) -> None:
    package = read_package(gold | change)
    assert code in [problem.code for problem in package.refusals]
    assert package.course is None


@pytest.mark.parametrize(
    ("path", "data", "code"),
    [
        (LESSON, b"no front matter", "front-missing"),
        (LESSON, b"---\n- a list\n---\n", "front-missing"),
        (LESSON, b"---\ntitle: [\n---\nbody", "bad-yaml"),
        (LESSON, b"---\ntitle: &a x\nb: *a\n---\n", "bad-yaml"),
        (LESSON, b"---\ntitle: A\ntitle: B\n---\n", "bad-yaml"),
        (LESSON, b"---\nminutes: 2\n---\n", "field-missing"),
        (LESSON, b"---\ntitle: \xff\n---\n", "not-utf8"),
        (
            LESSON,
            b"---\ntitle: " + unicodedata.normalize("NFD", "Bài").encode() + b"\n---\n",
            "not-nfc",
        ),
        (LESSON, b"---\ntitle: A\n---\na\x00b", "bad-text"),
        (LESSON, b'---\ntitle: "a\\0b"\n---\n', "bad-text"),
        (MODULE, b"---\ntitle: A\ntiet_tt: many\ntiet_ttr: 0\n---\n", "field-amount"),
        (QUESTIONS, b"schema: lhp-questions/1\nmodule: k1-m3\nitems: 5", "questions-schema"),
        (QUESTIONS, b"schema: lhp-questions/1\nmodule: k1-m2\nitems: []", "questions-module"),
        (QUESTIONS, b"schema: lhp-questions/1\nmodule: k1-m3\nitems: [5]", "question-shape"),
        (COURSE, b"schema: lhp-course/1\ncode: k1\ntitle: A\ntiet_tt: 2\nmodules: [03-bao-tin]", "hours-sum"),
        (COURSE, b"schema: lhp-course/1\ncode: k1\ntitle: A\ntiet_tt: 1\nmodules: [03-khac]", "modules-list"),
        (COURSE, b"schema: lhp-course/1\ncode: k1\ntiet_tt: 1\nmodules: [03-bao-tin]", "field-missing"),
        ("modules/03-bao-tin/lesson-5.vi.md", b"", "misnamed"),
        ("modules/03-khac/module.vi.md", b"---\ntitle: A\n---\n", "module-number"),
        ("modules/04-moi/lesson-01.vi.md", b"---\ntitle: A\n---\n", "module-missing"),
    ],
)
def test_what_an_author_can_mend_is_told_and_the_rest_is_read(gold: Files, path: str, data: bytes, code: str) -> None:
    package = read_package(gold | {path: data})
    assert code in codes(package, path if code != "module-missing" else "modules/04-moi/module.vi.md")
    assert package.course is not None
    assert not package.refusals


def test_the_line_of_a_slip_is_told(gold: Files) -> None:
    package = read_package(gold | {LESSON: b"---\ntitle: A\nlaw: [\n---\nx"})
    (problem,) = [problem for problem in package.problems if problem.code == "bad-yaml"]
    assert problem.args["line"] in (3, 4)


def test_yaml_words_stay_words() -> None:
    read = load_yaml("a: 2026-11-24\nb: 19:40\nc: no\nd: 05\ne: 2.5\nf: true\ng:\nh: 12\n")
    assert read == {
        "a": "2026-11-24", "b": "19:40", "c": "no", "d": "05", "e": 2.5, "f": True, "g": None, "h": 12,
    }  # fmt: skip


@pytest.mark.attack("S56")
@pytest.mark.parametrize(
    "trick", ["[" * 5000, "a: " + "{b: " * 100 + "}" * 100, "!!python/name:os.system", "x: !!binary aa=="]
)
def test_yaml_tricks_are_refused(trick: str) -> None:
    with pytest.raises(DocumentError, match="bad-yaml"):
        load_yaml(trick)


def test_a_translation_is_a_draft_until_it_says_reviewed(gold: Files) -> None:
    km = "modules/03-bao-tin/lesson-01.km.md"
    for status, wanted in (("draft", "draft"), ("reviewed", "reviewed"), ("anything", "draft")):
        package = read_package(gold | {km: f"---\ntitle: ចំណង\nstatus: {status}\n---\nអត្ថបទ\n".encode()})
        assert package.course is not None
        text = package.course.modules[0].lessons[0].texts["km"]
        assert (text["status"], text["title"], text["body"]) == (wanted, "ចំណង", "អត្ថបទ\n")


def test_every_code_has_words_for_the_author(app: Flask, gold: Files) -> None:
    broken = gold | {LESSON: b"---\ntitle: [\n---\n", QUESTIONS: b"\xff", MODULE: b"---\n---\n"}
    sentences = [messages.say(problem) for problem in read_package(broken).problems]
    assert any("dòng" in sentence and LESSON in sentence for sentence in sentences)
    assert set(messages._WORDS) >= REFUSING
