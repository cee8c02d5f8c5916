"""GET /api/v1/courses/{course}/package: what a device takes along to learn offline, and its files, each by its hash."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, make_response, request, url_for

from lms.access import public, requires
from lms.access.current import viewer
from lms.api import schemas, signing
from lms.api.openapi import describe
from lms.api.package_files import KINDS, CoursePackage, File, contents, package_of
from lms.courses.views import ONLY_DRAWS

bp = Blueprint("api_packages", __name__, url_prefix="/api/v1")

FOR_EVER = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"


@bp.get("/courses/<course>/package")
@describe({200: schemas.Package, 304: None}, headers=schemas.Conditional, sends=("ETag",))
@requires("learner", scope="courses:read")
def package(course: str) -> Response:
    """The files of the edition that the learner is enrolled in, to take along; no answer key of a quiz is in them.

    404 without an enrolment. Ask again with the ETag to learn whether something is new.
    """
    found = package_of(viewer(), course)
    return _kept(jsonify(_manifest(found)), found.hash, ASK_AGAIN)


@bp.get("/courses/<course>/package/<digest>")
@describe({200: None, 304: None}, headers=schemas.Conditional, files=KINDS, sends=("ETag",))
@requires("learner", scope="courses:read")
def package_file(course: str, digest: str) -> Response:
    """One file of the package, by its hash; 404 for any other file."""
    file, data = contents(package_of(viewer(), course), digest)
    response = make_response(data)
    response.headers["Content-Type"] = file.kind if file.kind.startswith("image/") else f"{file.kind}; charset=utf-8"
    return _kept(response, digest, FOR_EVER)


package_file.lms_content_policy = ONLY_DRAWS  # type: ignore[attr-defined]


@bp.get("/keys")
@describe({200: schemas.Keys})
@public
def keys() -> Response:
    """The public keys that packages are signed with, as a JSON Web Key Set: that of new packages, then older ones."""
    return jsonify(keys=signing.public_keys())


def _manifest(found: CoursePackage) -> dict[str, object]:
    return {
        "schema": signing.FORMAT,
        "course": found.course,
        "edition": found.edition,
        "content_hash": found.content_hash,
        "package": found.hash,
        "signature": signing.sign(found),
        "files": [_entry(found, file) for file in found.files],
    }


def _entry(found: CoursePackage, file: File) -> dict[str, object]:
    url = url_for("api_packages.package_file", course=found.course, digest=file.sha256)
    return {
        "path": file.path,
        "sha256": file.sha256,
        "size": file.size,
        "type": file.kind,
        "url": url,
        "src": file.src,
    }


def _kept(response: Response, tag: str, how: str) -> Response:
    """For this one learner's device alone, and never for whoever signs in there next without asking."""
    response.set_etag(tag)
    response.headers["Cache-Control"] = how
    response.headers["Vary"] = "Cookie, Authorization"
    response.make_conditional(request)
    return response
