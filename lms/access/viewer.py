"""The viewer as a plain value: who looks, what they may do, in which unit subtrees and lines."""

from __future__ import annotations

from dataclasses import dataclass, field

CAPABILITIES = ("learner", "trainer", "organiser", "manager", "inspector", "administrator")


@dataclass(frozen=True)
class GrantValue:
    """One right; `unit_id` None means everywhere, `line` None means every line."""

    capability: str
    unit_id: int | None = None
    line: str | None = None


@dataclass(frozen=True)
class Viewer:
    """Made from an account's grants by `lms.accounts`; rooms below only read it."""

    account_id: int | None = None
    person_id: int | None = None
    name: str = ""
    office: str = ""
    grants: tuple[GrantValue, ...] = field(default=())

    @property
    def signed_in(self) -> bool:
        return self.account_id is not None

    @property
    def actor(self) -> str:
        """How the audit names this viewer: an id, never a name."""
        if self.account_id is None:
            return self.name or "nobody"
        return f"account:{self.account_id}"

    def can(self, *capabilities: str) -> bool:
        """True if any of `capabilities` is held somewhere. A person's own account is a learner by that alone."""
        if "learner" in capabilities and self.person_id is not None:
            return True
        return any(grant.capability in capabilities for grant in self.grants)

    def grants_for(self, *capabilities: str) -> tuple[GrantValue, ...]:
        return tuple(grant for grant in self.grants if grant.capability in capabilities)


NOBODY = Viewer()

SYSTEM = Viewer(name="lms", grants=(GrantValue("administrator"), GrantValue("manager"), GrantValue("trainer")))
"""The operator at the command line, and the worker; audited under the name "lms"."""
