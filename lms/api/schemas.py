"""What goes in and out of /api/v1, as the models that its OpenAPI document is made from.

They describe and do not judge: what a device sends is judged by lms/api/submissions.py, which also sees what a parser
would hide (a key twice, NaN). tests/answers.py holds every answer of every test against them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

MOST_AT_ONCE = 50
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class Problem(Strict):
    """RFC 9457 problem details. `request_id` is what to tell the operator, who finds it in the log."""

    type: str = Field(json_schema_extra={"format": "uri-reference"})
    title: str
    status: int = Field(ge=400, le=599)
    detail: str = Field(default="", description="In Vietnamese, for the user, where there is more to say.")
    request_id: str
    retry_after: int = Field(default=0, ge=0, description="Seconds to wait, as in the header Retry-After.")


# ── coverage ─────────────────────────────────────────────────────────────

DAY = "A day, as 2026-12-14 or 14/12/2026."


class CoverageQuery(Strict):
    on: str = Field(default="", description=f"The day of the figure. {DAY} Default: today.")
    tree_on: str = Field(default="", description=f"The day of the units it is shown on. {DAY} Default: as `on`.")
    known_on: str = Field(
        default="", description="With what was known then: a day, or an instant with its time zone. Default: now."
    )
    scope: str = Field(default="", description="Which units count. Default: the scope of the plan.")
    by: str = Field(
        default="unit,role",
        description="Any of unit, hamlet, role, sex, with commas between; empty: the total alone.",
    )
    basis: Literal["", "valid", "ever"] = Field(
        default="valid", description="Training that is valid on the day, or that ever was."
    )


class Requirement(Strict):
    plan: str
    version: int
    validity_months: int
    min_tiet: int


class Cell(Strict):
    """Distinct people, who do not add up over cells. `percent`: cut to one decimal; null where nobody is counted."""

    counted: int
    trained: int
    valid: int
    ever: int
    percent: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]$")] | None
    missing: int
    reached: bool


class CoverageRow(Cell):
    """A cell with what it stands for: only the dimensions that were asked for are there."""

    unit: str | None = None
    unit_id: int | None = None
    hamlet: str | None = None
    hamlet_id: int | None = None
    role: str | None = None
    sex: str | None = None


class Coverage(Strict):
    on: date
    future: bool
    tree_on: date
    known_on: datetime
    scope: str
    basis: Literal["valid", "ever"]
    requirement: Requirement
    target: int
    rows: list[CoverageRow]
    total: Cell


class Counting(Strict):
    """How many provinces are done; `total` is 0 until the job begins."""

    state: Literal["counting"]
    done: int
    total: int


# ── certificates ─────────────────────────────────────────────────────────


class CertificateState(Strict):
    code: str
    state: Literal["valid", "expired", "revoked", "replaced"]
    holder: str = Field(description="Masked, as on the public page.")
    course: str
    edition: str
    issued_on: date
    valid_until: date


# ── submissions ──────────────────────────────────────────────────────────


class Lenient(BaseModel):
    """Keys that are not named here are stored with the rest and never read."""

    model_config = ConfigDict(strict=True, extra="allow")


class Answer(Lenient):
    item: int = Field(description="Its place in the quiz, from 1.")
    answer: list[str] = Field(description="Ids of the chosen options.")


ClientId = Annotated[
    str, Field(pattern="^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", description="A UUIDv4.")
]


class Submission(Lenient):
    id: ClientId
    ticket: str = Field(description="Of the attempt that is handed in.")
    answers: list[Answer]


class Submissions(RootModel[Submission | Annotated[list[Submission], Field(min_length=1, max_length=MOST_AT_ONCE)]]):
    """One submission, or many."""


class SubmissionHeaders(Strict):
    lhp: str = Field(default="", alias="X-LHP", description="`1` from our own pages; not needed with a token.")


class Receipt(Strict):
    id: ClientId
    receipt: str
    state: Literal["accepted", "quarantined", "conflict"]


class Receipts(RootModel[Receipt | list[Receipt]]):
    """One receipt for one submission, a list for a list, in its order."""


# ── courses ──────────────────────────────────────────────────────────────


class PackageFile(Strict):
    path: str
    sha256: Sha256
    size: int
    type: str
    url: str = Field(description="Where it is fetched, by its hash.")
    src: str | None = Field(description="How the lessons name it, where it is a picture.")


class Signature(Strict):
    """ECDSA on P-256 with SHA-256, r and s of 32 bytes each in base64, over the UTF-8 of
    "lhp-package/1\\n{course}\\n{edition}\\n{package}\\n"."""

    algorithm: Literal["ES256"]
    key: str
    value: str


class Package(Strict):
    """`package`: SHA-256 over the sorted lines "sha256  path\\n" of the files, as `sha256sum` writes them."""

    format: Literal["lhp-package/1"] = Field(alias="schema")
    course: str
    edition: int
    content_hash: Sha256
    package: Sha256
    signature: Signature
    files: list[PackageFile]


class Conditional(Strict):
    if_none_match: str = Field(default="", alias="If-None-Match", description="An ETag: 304 if nothing is new.")


class Key(Strict):
    """A public key as a JSON Web Key (RFC 7517); `kid` is what signatures call it."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    alg: Literal["ES256"]
    use: Literal["sig"]
    kid: str
    x: str
    y: str


class Keys(Strict):
    keys: list[Key]


class Document(RootModel[dict[str, Any]]):
    """This document."""
