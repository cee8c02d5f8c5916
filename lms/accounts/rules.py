"""The decisions of signing in, as pure functions: what a PIN may be, when a try must wait, how long a visit lasts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Literal

PIN_LENGTH = 6
CODE_LENGTH = 8
CODE_LIFE = timedelta(days=30)
ACCOUNTS_PER_PHONE = 4

STAFF_VISIT = timedelta(hours=12)
LEARNER_VISIT = timedelta(days=90)
IDLE = timedelta(minutes=5)
SEEN_EVERY = timedelta(minutes=5)
MARK_EVERY = timedelta(seconds=15)  # a cookie need not be signed anew for every page read
KEEP_ENDED = timedelta(days=30)  # so long somebody whose visit ended may still go on where they stopped
CHOOSING = timedelta(minutes=30)  # between the first code and the PIN chosen with it

TRIES_BEFORE_LOCK = 10
LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=4)
FORGET_AFTER = timedelta(hours=24)
SLOW_DOWN = {5: 5, 6: 10, 7: 20, 8: 30, 9: 60}  # seconds to wait after that many wrong tries
ADDRESS_TRIES = 200  # a whole hall behind one address may mistype; a machine may not
ADDRESS_WINDOW = timedelta(minutes=15)

PinFault = Literal["not_six_digits", "too_simple", "from_phone", "from_birth", "taken"]
DeviceState = Literal["open", "locked", "over"]


@dataclass(frozen=True)
class Birth:
    """A birth date known to the "year", the "month" or the "day"; None: not known."""

    day: date | None = None
    precision: str | None = None


@dataclass(frozen=True)
class Tries:
    """Wrong tries in a row for one number, card, device or address."""

    wrong: int = 0
    last_at: datetime | None = None
    locked_until: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """May this try be checked? If not, `wait` says for how long; `left` tries remain before the lock."""

    tries: Tries
    wait: timedelta = timedelta(0)
    left: int | None = None

    @property
    def refused(self) -> bool:
        return self.wait > timedelta(0)


# ── the PIN ──────────────────────────────────────────────────────────────


def tidy_secret(text: str) -> str:
    """What was typed, without the spaces that cards print between groups of digits."""
    return re.sub(r"[\s.\-]", "", text)


def secret_kind(text: str) -> Literal["pin", "code", "neither"]:
    """A PIN has 6 digits, the first code on a card 8: the length tells which was typed."""
    if not re.fullmatch(r"[0-9]+", text):
        return "neither"
    return {PIN_LENGTH: "pin", CODE_LENGTH: "code"}.get(len(text), "neither")  # type: ignore[return-value]


def pin_fault(pin: str, phones: Iterable[str | None] = (), birth: Birth | None = None) -> PinFault | None:
    """Why `pin` must not be chosen, or None. `phones` are E.164; being taken on the number is asked elsewhere."""
    if secret_kind(pin) != "pin":
        return "not_six_digits"
    if is_simple(pin):
        return "too_simple"
    if any(drawn_from_phone(pin, phone) for phone in phones if phone):
        return "from_phone"
    if birth and drawn_from_birth(pin, birth):
        return "from_birth"
    return None


def is_simple(pin: str) -> bool:
    """Runs (123456, 975319 round the clock), repeats (000000, 121212, 123123, 123321), doubles (112233), two digits."""
    digits = [int(digit) for digit in pin]
    steps = {(b - a) % 10 for a, b in zip(digits, digits[1:], strict=False)}
    doubled = pin[0::2] == pin[1::2]
    halves = pin[:3] in (pin[3:], pin[:2:-1])
    return len(steps) == 1 or len(set(pin)) <= 2 or doubled or halves


def drawn_from_phone(pin: str, e164: str) -> bool:
    """Six digits in a row of the number, as dialled at home or abroad, read either way."""
    abroad = re.sub(r"\D", "", e164)
    at_home = "0" + abroad.removeprefix("84")
    return any(pin in digits or pin[::-1] in digits for digits in (abroad, at_home))


def drawn_from_birth(pin: str, birth: Birth) -> bool:
    """The year of birth inside the PIN; day, month and short year in any order, as far as they are known."""
    if birth.day is None:
        return False
    day, month, year = f"{birth.day:%d}", f"{birth.day:%m}", f"{birth.day.year:04}"
    if year in pin:
        return True
    return birth.precision == "day" and pin in {"".join(parts) for parts in permutations((day, month, year[2:]))}


# ── tries ────────────────────────────────────────────────────────────────


def pause_after(wrong: int) -> timedelta:
    """How long the next try must wait. Each tenth wrong try locks: 15 minutes, then twice as long, to 4 hours."""
    locks, rest = divmod(wrong, TRIES_BEFORE_LOCK)
    if wrong and not rest:
        doubled: int = 2 ** min(locks - 1, 10)
        return min(LOCK * doubled, LONGEST_LOCK)
    return timedelta(seconds=SLOW_DOWN.get(rest, 0))


def begin_try(tries: Tries, now: datetime) -> Verdict:
    """Count a try before it is checked, so that many at once cannot slip past the limit; success clears the count.

    During a lock nothing is counted: knocking on a locked door does not keep it locked for longer. During a short
    pause tries are counted unchecked, so that a machine reaches the lock at once.
    """
    if tries.last_at is not None and now - tries.last_at > FORGET_AFTER:
        tries = Tries()
    tries = _by_this_clock(tries, now, pause_after(tries.wrong))
    waiting = tries.locked_until is not None and tries.locked_until > now
    if waiting and tries.wrong % TRIES_BEFORE_LOCK == 0:
        return Verdict(tries, wait=_until(tries, now))
    wrong = tries.wrong + 1
    pause = pause_after(wrong)
    counted = Tries(wrong, now, now + pause if pause else None)
    return Verdict(counted, wait=pause if waiting else timedelta(0), left=-wrong % TRIES_BEFORE_LOCK)


def begin_address_try(tries: Tries, now: datetime) -> Verdict:
    """One address may be a whole meeting hall: no slow-down, a high limit, a short memory, and one try back for
    each success. `last_at` is here when the 15 minutes began.
    """
    tries = _by_this_clock(tries, now, ADDRESS_WINDOW)
    if tries.locked_until is not None and tries.locked_until > now:
        return Verdict(tries, wait=_until(tries, now))
    if tries.last_at is None or now - tries.last_at > ADDRESS_WINDOW:
        tries = Tries(0, now)
    wrong = tries.wrong + 1
    return Verdict(Tries(wrong, tries.last_at, now + ADDRESS_WINDOW if wrong >= ADDRESS_TRIES else None))


def _by_this_clock(tries: Tries, now: datetime, pause: timedelta) -> Tries:
    """A server's clock can be set back: who has to wait then waits once more, by the new clock, and not for years."""
    if tries.last_at is None or tries.last_at <= now:
        return tries
    return Tries(tries.wrong, now, now + pause if tries.locked_until is not None else None)


def _until(tries: Tries, now: datetime) -> timedelta:
    return max(tries.locked_until - now, timedelta(0)) if tries.locked_until else timedelta(0)


# ── visits ───────────────────────────────────────────────────────────────


def visit_ends(created_at: datetime, expires_at: datetime, staff: bool) -> datetime:
    """A learner's device stays signed in for 90 days; anyone with office rights for 12 hours."""
    return min(expires_at, created_at + STAFF_VISIT) if staff else expires_at


def device_state(ends_at: datetime, ended: bool, staff: bool, used_at: datetime | None, now: datetime) -> DeviceState:
    """`used_at`: when this browser last asked for a page; None: it was left by "Thoát nhanh", which locks at once.

    A learner's device also locks after 5 minutes without use.
    """
    if ended or now >= ends_at:
        return "over"
    if used_at is None or (now - used_at > IDLE and not staff):
        return "locked"
    return "open"


_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
)
_BROWSERS = (
    ("Zalo", "Zalo"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def device_name(user_agent: str) -> str:
    """ "Android, Chrome" from a browser's long name for itself; "" if neither part is known."""
    found = [next((name for sign, name in table if sign in user_agent), "") for table in (_SYSTEMS, _BROWSERS)]
    return ", ".join(filter(None, found))


def instant(stamp: float | None) -> datetime | None:
    """The instant of a POSIX stamp kept in a cookie."""
    return None if stamp is None else datetime.fromtimestamp(stamp, UTC)
