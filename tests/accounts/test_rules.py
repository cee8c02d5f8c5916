"""The decisions of signing in, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts import rules
from lms.accounts.rules import Birth, Tries, begin_address_try, begin_try, pause_after, pin_fault

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
PHONE = "+84912345678"
pins = st.integers(0, 999_999).map(lambda number: f"{number:06}")
mobiles = st.integers(300_000_000, 999_999_999).map(lambda number: f"+84{number}")
birthdays = st.dates(date(1930, 1, 1), date(2010, 12, 31))


# ── the PIN ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["", "12345", "1234567", "12a456", "１２３４５６", "٤٥٦٧٨٩", "12 456", "-12345"])
def test_a_pin_is_six_plain_digits(text: str) -> None:
    assert pin_fault(text) == "not_six_digits"


@pytest.mark.parametrize(
    "pin",
    ["000000", "999999", "123456", "654321", "234567", "135791", "975319", "890123", "121212", "123123", "123321"]
    + ["112233", "445566", "100000", "998998", "272727"],
)
def test_runs_and_repeats_are_refused(pin: str) -> None:
    assert pin_fault(pin) == "too_simple"


@given(st.integers(0, 9), st.integers(0, 9))
def test_every_run_round_the_clock_is_refused(first: int, step: int) -> None:
    assert pin_fault("".join(str((first + step * place) % 10) for place in range(6))) == "too_simple"


@given(pins, st.text(alphabet="0123456789", min_size=3, max_size=3))
def test_a_half_said_twice_is_refused(pin: str, half: str) -> None:
    assert pin_fault(half + half) == pin_fault(half + half[::-1]) == "too_simple"


@given(mobiles, st.integers(0, 5), st.booleans())
def test_nothing_out_of_the_phone_number(phone: str, start: int, backwards: bool) -> None:
    drawn = ("0" + phone[3:])[start : start + 6]
    assert pin_fault(drawn[::-1] if backwards else drawn, [phone]) is not None


def test_the_spare_number_counts_too() -> None:
    assert pin_fault("876549", [None, PHONE]) is None
    assert pin_fault("591824", [PHONE, "+84335591824"]) == "from_phone"


@given(birthdays, st.integers(0, 5))
def test_nothing_out_of_a_birth_date(day: date, order: int) -> None:
    parts = list(permutations((f"{day:%d}", f"{day:%m}", f"{day:%y}")))[order]
    assert pin_fault("".join(parts), birth=Birth(day, "day")) in ("from_birth", "too_simple")


@given(birthdays, st.sampled_from(["{y}{r}", "{r}{y}", "{a}{y}{b}"]), st.text("0123456789", min_size=2, max_size=2))
def test_nothing_around_the_year_of_birth(day: date, shape: str, rest: str) -> None:
    pin = shape.format(y=day.year, r=rest, a=rest[0], b=rest[1])
    assert pin_fault(pin, birth=Birth(day, "year")) in ("from_birth", "too_simple")


def test_an_unknown_day_forbids_nothing_made_of_it() -> None:
    day = date(1973, 1, 1)  # only the year is known: 1 January stands for it
    assert pin_fault("010173", birth=Birth(day, "day")) == "from_birth"
    assert pin_fault("010173", birth=Birth(day, "year")) is None
    assert pin_fault("010173", birth=Birth()) is None


@given(pins)
def test_most_pins_are_free(pin: str) -> None:
    """A refused PIN always has a reason somebody can be told."""
    fault = pin_fault(pin, [PHONE], Birth(date(1968, 4, 21), "day"))
    assert fault in (None, "too_simple", "from_phone", "from_birth")


def test_at_least_nine_in_ten_pins_stay_free() -> None:
    birth = Birth(date(1968, 4, 21), "day")
    free = sum(pin_fault(f"{number:06}", [PHONE], birth) is None for number in range(0, 1_000_000, 37))
    assert free / len(range(0, 1_000_000, 37)) > 0.9


@pytest.mark.parametrize(
    ("typed", "kind"),
    [("482913", "pin"), ("48271936", "code"), ("4827193", "neither"), ("", "neither"), ("１２３４５６", "neither")],
)
def test_the_length_tells_a_pin_from_a_first_code(typed: str, kind: str) -> None:
    assert rules.secret_kind(typed) == kind


def test_spaces_from_the_card_do_not_count() -> None:
    assert rules.tidy_secret(" 4827 1936 ") == rules.tidy_secret("4827-1936") == "48271936"


# ── tries ────────────────────────────────────────────────────────────────


def test_ten_wrong_tries_lock_for_fifteen_minutes() -> None:
    tries, now = Tries(), NOW
    for _ in range(10):
        verdict = begin_try(tries, now)
        assert not verdict.refused
        tries, now = verdict.tries, now + timedelta(minutes=2)
    locked = begin_try(tries, NOW + timedelta(minutes=18))
    assert locked.refused
    assert timedelta(minutes=14) < locked.wait <= timedelta(minutes=15)
    assert begin_try(tries, NOW + timedelta(minutes=18 + 15)).refused is False


def test_knocking_on_a_locked_door_does_not_lock_it_for_longer() -> None:
    locked = Tries(10, NOW, NOW + timedelta(minutes=15))
    knocked = begin_try(locked, NOW + timedelta(minutes=5))
    assert knocked.tries == locked
    assert knocked.wait == timedelta(minutes=10)


def test_a_machine_reaches_the_lock_at_once_and_checks_few() -> None:
    tries, checked = Tries(), 0
    for _ in range(1000):
        verdict = begin_try(tries, NOW)
        tries, checked = verdict.tries, checked + (not verdict.refused)
    assert checked <= 6
    assert tries.wrong == 10


@given(st.lists(st.integers(0, 7200), min_size=1, max_size=400))
@pytest.mark.attack("S32")
def test_never_more_than_ten_checks_in_fifteen_minutes(gaps: list[int]) -> None:
    """Whatever the rhythm of a guesser."""
    tries, now, checks = Tries(), NOW, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        verdict = begin_try(tries, now)
        tries = verdict.tries
        if not verdict.refused:
            checks.append(now)
    for first, eleventh in zip(checks, checks[10:], strict=False):
        assert eleventh - first >= timedelta(minutes=15)


def test_pauses_grow_and_locks_double_up_to_four_hours() -> None:
    assert [pause_after(n).total_seconds() for n in range(1, 11)] == [0, 0, 0, 0, 5, 10, 20, 30, 60, 900]
    locks = [pause_after(n) for n in range(10, 101, 10)]
    assert all(after >= before for before, after in pairwise(locks))
    assert locks[1] == timedelta(minutes=30)
    assert locks[-1] == timedelta(hours=4)


def test_a_day_without_tries_forgets() -> None:
    old = Tries(19, NOW - timedelta(hours=25), None)
    assert begin_try(old, NOW).tries.wrong == 1


def test_the_number_of_tries_left_is_told() -> None:
    assert [begin_try(Tries(n, NOW), NOW).left for n in (0, 4, 8, 9)] == [9, 5, 1, 0]


def test_a_hall_behind_one_address_may_mistype_but_a_machine_may_not() -> None:
    tries = Tries()
    for place in range(rules.ADDRESS_TRIES):
        verdict = begin_address_try(tries, NOW + timedelta(seconds=place))
        assert not verdict.refused
        tries = verdict.tries
    assert begin_address_try(tries, NOW + timedelta(minutes=4)).refused
    assert not begin_address_try(tries, NOW + timedelta(minutes=20)).refused


def test_the_address_forgets_after_a_quarter_of_an_hour() -> None:
    assert begin_address_try(Tries(199, NOW), NOW + timedelta(minutes=16)).tries.wrong == 1


# ── visits ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("idle_minutes", "staff", "state"),
    [(4, False, "open"), (5, False, "open"), (6, False, "locked"), (600, True, "open")],
)
def test_a_learners_device_locks_and_an_office_one_does_not(idle_minutes: int, staff: bool, state: str) -> None:
    used = NOW - timedelta(minutes=idle_minutes)
    assert rules.device_state(NOW + timedelta(hours=1), False, staff, used, NOW) == state


@pytest.mark.parametrize("staff", [False, True])
def test_a_device_that_never_said_when_it_was_used_is_locked(staff: bool) -> None:
    assert rules.device_state(NOW + timedelta(hours=1), False, staff, None, NOW) == "locked"


def test_ended_or_expired_is_over_also_when_just_used() -> None:
    assert rules.device_state(NOW + timedelta(hours=1), True, False, NOW, NOW) == "over"
    assert rules.device_state(NOW, False, True, NOW, NOW) == "over"


def test_office_rights_shorten_a_visit_whenever_they_come() -> None:
    expires = NOW + timedelta(days=90)
    assert rules.visit_ends(NOW, expires, staff=False) == expires
    assert rules.visit_ends(NOW, expires, staff=True) == NOW + timedelta(hours=12)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/118.0 Mobile Safari/537.36",
            "Android, Chrome",
        ),
        (
            "Mozilla/5.0 (Linux; Android 9; SM) AppleWebKit/537.36 Chrome/90 Mobile Safari/537.36 Zalo android/1",
            "Android, Zalo",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120", "Windows, Edge"),
        ("curl/8", ""),
    ],
)
def test_devices_are_told_apart_in_plain_words(agent: str, name: str) -> None:
    assert rules.device_name(agent) == name
