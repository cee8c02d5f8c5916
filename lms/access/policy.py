"""Deny by default: a route without a declared right is refused, whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])

SCOPES = ("courses:read", "coverage:read", "submissions:write")
"""What a program's token may be made for; each closed route of the API names one of them."""


@dataclass(frozen=True)
class Policy:
    """Who may enter a route: everybody, any signed-in account, or holders of one of `capabilities`.

    `scope`: what a token must have been made for besides; None: a program does not enter here. `late`: a device whose
    account was closed enters too, with no right at all: what it hands in is kept for a person to look at.
    """

    public: bool = False
    capabilities: tuple[str, ...] = ()
    scope: str | None = None
    late: bool = False


def _declare(policy: Policy) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.lms_policy = policy  # type: ignore[attr-defined]
        return view

    return mark


def requires(*capabilities: str, scope: str | None = None, late: bool = False) -> Callable[[View], View]:
    """The route is for accounts that hold any of `capabilities` somewhere; the operation checks where."""
    if scope not in (None, *SCOPES):
        raise ValueError(f"no such scope: {scope}")
    return _declare(Policy(capabilities=capabilities, scope=scope, late=late))


signed_in: Callable[[Any], Any] = _declare(Policy())
public: Callable[[Any], Any] = _declare(Policy(public=True))


def policy_of(view: Callable[..., Any]) -> Policy | None:
    return getattr(view, "lms_policy", None)
