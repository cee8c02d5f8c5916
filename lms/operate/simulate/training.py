"""Achievements over the three years: each year more people are reached, in some wards more than in others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from lms.operate.simulate.bulk import Row
from lms.operate.simulate.days import WRITTEN_LATE, Days
from lms.operate.simulate.places import Province
from lms.operate.simulate.staff import ONE_YEAR, Staff, Worker
from lms.operate.simulate.wanted import Wanted

ACHIEVEMENT = (
    *("id", "person_id", "kind", "course_code", "title", "completed_on", "tiet", "source"),
    *("recorded_at", "recorded_by", "verified_at", "revoked_at", "revoked_reason"),
)
COURSE = "k1"
REACHED = (0.45, 0.7, 0.9)
KINDS = (("class", 0.55), ("online", 0.93), ("outside", 1.0))
CALLED = {
    "class": ("lop-mo-phong", "Lớp tập huấn mô phỏng"),
    "online": (COURSE, "Khóa học mô phỏng"),
    "outside": ("giay-ngoai", "Giấy của nơi khác, mô phỏng"),
}
ENOUGH, TOO_FEW = Decimal(8), Decimal(4)
TOO_SHORT, REVOKED, UNVERIFIED = 0.08, 0.005, 0.2


@dataclass
class Training:
    """`rows` in the columns ACHIEVEMENT; `online`: the passes of our own course, person → days (ordinals, rising)."""

    rng: Random
    days: Days
    ids: Iterator[int]
    rows: list[Row] = field(default_factory=list)
    online: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

    def train(self, worker: Worker, share: float) -> None:
        """`share`: how much of what happens elsewhere happens in this ward."""
        for year, reached in enumerate(REACHED):
            begin = self.days.begin + year * ONE_YEAR
            day = self.rng.randint(begin, begin + ONE_YEAR - 1)
            if self.rng.random() < reached * share and worker.begin <= day <= worker.end:
                self._achieve(worker.person_id, min(day, self.days.until - 1))

    def _achieve(self, person: int, day: int) -> None:
        rng, number = self.rng, next(self.ids)
        chance = rng.random()
        kind = next(kind for kind, below in KINDS if chance <= below)
        written = self.days.moment(day if kind == "online" else day + rng.choice(WRITTEN_LATE))
        short = kind != "online" and rng.random() < TOO_SHORT
        verified = None if kind == "outside" and rng.random() < UNVERIFIED else written
        revoked = self.days.moment(day + 40) if rng.random() < REVOKED else None
        if kind == "online" and revoked is None:
            self.online.setdefault(person, []).append((day, number))
        self.rows.append(
            (number, person, kind, *CALLED[kind], self.days.day(day), TOO_FEW if short else ENOUGH)
            + (f"simulate:{number}", written, "simulate", verified, revoked, "mô phỏng" if revoked else None)
        )


def training_of(wanted: Wanted, province: Province, staff: Staff, ids: Iterator[int]) -> Training:
    rng = wanted.rng(province.number, "training")
    training = Training(rng, staff.days, ids)
    shares = [rng.uniform(0.5, 1.05) for _ in province.wards]
    for worker in staff.workers:
        training.train(worker, shares[worker.ward])
    return training
