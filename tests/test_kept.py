"""What a process keeps is handed over whole, however many threads empty it meanwhile."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from lms.kept import Kept, kept


def test_a_value_is_made_once_until_there_are_too_many() -> None:
    made: list[int] = []
    squares = Kept(2)

    def square(number: int) -> int:
        made.append(number)
        return number**2

    found = [squares.or_make(number, lambda number=number: square(number)) for number in (2, 3, 2, 3, 4, 2)]
    assert found == [4, 9, 4, 9, 16, 4]
    assert made == [2, 3, 4, 2], "the third let go of the others"


def test_threads_that_let_go_of_everything_get_what_they_asked_for() -> None:
    squares = Kept(1)

    def ask(number: int) -> bool:
        return all(squares.or_make(one, lambda one=one: one**2) == one**2 for one in range(number, number + 2000))

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            assert all(threads.map(ask, range(8)))
    finally:
        sys.setswitchinterval(before)


def test_each_name_is_kept_apart(app: Flask) -> None:
    kept("squares", 2).put(2, 4)
    assert kept("squares", 2).get(2) == 4
    assert kept("cubes", 2).get(2) is None
