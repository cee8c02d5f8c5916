"""The price of a check, and that it never depends on who is known."""

from __future__ import annotations

import pytest
from argon2 import extract_parameters

from lms.accounts import hashing


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    made: list[str] = []
    real = hashing._is

    def counted(secret: str, stored: str) -> bool:
        made.append(stored)
        return real(secret, stored)

    monkeypatch.setattr(hashing, "_is", counted)
    return made


def test_the_parameters_are_those_decided(real_hashing: None) -> None:
    parameters = extract_parameters(hashing.hash_secret("482913"))
    assert (parameters.type.name, parameters.memory_cost) == ("ID", 19 * 1024)
    assert (parameters.time_cost, parameters.parallelism) == (2, 1)


@pytest.mark.parametrize("known", [0, 1, 2, 3, 4])
def test_always_four_checks(checks: list[str], known: int) -> None:
    hashes = [hashing.hash_secret(f"48291{place}") for place in range(known)]
    assert hashing.matching("482910", hashes) == ([0] if known else [])
    assert len(checks) == 4


def test_an_account_without_a_pin_costs_the_same_and_never_fits(checks: list[str]) -> None:
    assert hashing.matching("482910", [None, None]) == []
    assert len(checks) == 4


def test_the_pin_selects_the_account() -> None:
    hashes = [hashing.hash_secret(pin) for pin in ("482913", "591824", "730461")]
    assert hashing.matching("730461", hashes) == [2]
    assert hashing.matching("111222", hashes) == []


def test_more_than_four_accounts_are_an_error() -> None:
    with pytest.raises(ValueError, match="5 accounts"):
        hashing.matching("482913", [None] * 5)
