"""Deny by default: a route without a declared right is refused, whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Policy:
    """Who may enter a route: everybody, any signed-in account, or holders of one of `capabilities`."""

    public: bool = False
    capabilities: tuple[str, ...] = ()


def _declare(policy: Policy) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.lms_policy = policy  # type: ignore[attr-defined]
        return view

    return mark


def requires(*capabilities: str) -> Callable[[View], View]:
    """The route is for accounts that hold any of `capabilities` somewhere; the operation checks where."""
    return _declare(Policy(capabilities=capabilities))


signed_in: Callable[[Any], Any] = _declare(Policy())
public: Callable[[Any], Any] = _declare(Policy(public=True))


def policy_of(view: Callable[..., Any]) -> Policy | None:
    return getattr(view, "lms_policy", None)
