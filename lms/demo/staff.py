"""The invented staff: who holds which posts in which hamlet or ward, and how each list of the field writes it down."""

from __future__ import annotations

from dataclasses import dataclass

from lms.demo.names import Invented, Inventor
from lms.demo.places import Hamlet, hamlets

# What one person in a hamlet may hold at once: posts stack (domain.md §3.2).
HAMLET_POSTS: tuple[tuple[tuple[str, ...], float], ...] = (
    (("CTV_DS",), 0.95),
    (("CTV_DS", "HGV"), 0.6),
    (("TKHOM", "TT_HG"), 1.0),
    (("MTKDC", "HGV"), 0.7),
    (("MTKDC",), 0.3),
    (("CHPN", "CTV_GD"), 0.5),
    (("CHPN",), 0.5),
    (("HGV",), 0.98),
    (("HGV",), 0.95),
    (("HGV",), 0.9),
    (("HGV", "TTV"), 0.4),
    (("TNV",), 0.9),
    (("TNV",), 0.6),
    (("CLB",), 0.9),
    (("CLB",), 0.5),
    (("DCTC",), 0.6),
    (("NVYT",), 0.8),
    (("TTV",), 0.7),
    (("TTV",), 0.5),
    (("ANTT",), 1.0),
    (("ANTT",), 0.8),
    (("BCV",), 0.25),
)
WARD_POSTS = ("LD_UBND", "LD_UBND", "CC_VHXH", "CC_VHXH", "CC_TP", "CAX", "CAX", "NVYT", "NVYT", "TVV", "BCV", "GV")
MOSTLY_WOMEN = {"CTV_DS": 0.85, "CTV_GD": 0.8, "CHPN": 1.0, "NVYT": 0.8, "CLB": 0.7}
KHMER_SHARE = {"vl/nguyet-hoa": 0.45, "vl/tra-vinh": 0.25, "vl/hoa-thuan": 0.22, "vl/long-duc": 0.12}
WARDS = ("vl/tra-vinh", "vl/long-duc", "vl/nguyet-hoa", "vl/hoa-thuan")


@dataclass(frozen=True)
class Member:
    """One person of the staff; `hamlet` None: works at the ward office."""

    person: Invented
    roles: tuple[str, ...]
    ward: str
    hamlet: Hamlet | None


def invent_staff(seed: int, wanted: int = 900) -> list[Member]:
    """About `wanted` people over the hamlets and ward offices of the demo, the same for the same seed."""
    inventor = Inventor(seed)
    offices = [_office(inventor, role, ward) for ward in WARDS for role in WARD_POSTS]
    places = hamlets()
    expected = sum(chance for _, chance in HAMLET_POSTS) * len(places)
    scale = max(0.2, (wanted - len(offices)) / expected)
    return offices + [member for hamlet in places for member in _hamlet(inventor, hamlet, scale)]


def _office(inventor: Inventor, role: str, ward: str) -> Member:
    return Member(inventor.person(KHMER_SHARE[ward], 0.45, (27, 58)), (role,), ward, None)


def _hamlet(inventor: Inventor, hamlet: Hamlet, scale: float) -> list[Member]:
    members = []
    for roles, chance in HAMLET_POSTS:
        for _ in range(_times(inventor, chance * scale)):
            women = MOSTLY_WOMEN.get(roles[0], 0.42)
            person = inventor.person(KHMER_SHARE[hamlet.new_ward], women, (30, 72))
            members.append(Member(person, roles, hamlet.new_ward, hamlet))
    return members


def _times(inventor: Inventor, expected: float) -> int:
    """`expected` times on average: its whole part, and once more with the chance of the rest."""
    whole = int(expected)
    return whole + (inventor.rng.random() < expected - whole)
