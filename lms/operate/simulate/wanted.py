"""What is asked for: how many posts, in how many provinces, until when; and what follows from it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

WARDS_OF_THE_COUNTRY, POSTS_OF_THE_COUNTRY = 3_321, 1_000_000
LARGEST = 1.36  # of the average: the first of 34 provinces then has 4 % of all posts, 40,000 of a million
HISTORY = timedelta(days=3 * 365)


@dataclass(frozen=True)
class Wanted:
    """`posts`: those of counted roles that run on `until`; what ended or was corrected comes on top.

    `attempts`: at quizzes, closed; `certificates`: issued, their files still to be made. `country` numbers the
    invented countries of one database from 1.
    """

    posts: int
    provinces: int
    seed: int
    until: date
    attempts: int = 0
    certificates: int = 0
    country: int = 1

    @property
    def root(self) -> str:
        """The code of the scope of all its provinces, and how the keys of its units begin."""
        return f"mo-phong-{self.country}"

    @property
    def begin(self) -> date:
        return self.until - HISTORY

    def rng(self, province: int, what: str) -> random.Random:
        """Chance of its own for each province and subject: the first province is the same in a small country."""
        return random.Random(f"{self.seed}/{province}/{what}")


def shares(whole: int, provinces: int) -> list[int]:
    """`whole` divided over the provinces, falling evenly from the largest to the smallest; the sum is `whole`."""
    step = 2 * (LARGEST - 1) / max(provinces - 1, 1)
    weights = [LARGEST - step * at for at in range(provinces)] if provinces > 1 else [1.0]
    ends = [round(whole * sum_so_far / sum(weights)) for sum_so_far in accumulate(weights)]
    return [end - begin for begin, end in zip([0, *ends], ends, strict=False)]


def wards_for(posts: int) -> int:
    """As many as the country has for so many posts."""
    return max(1, round(posts * WARDS_OF_THE_COUNTRY / POSTS_OF_THE_COUNTRY))
