"""The roles of the register by the names that the register itself uses: what our own export and template write.

The reader knows what lists call the roles; names that an office has changed or added are known only here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lms.people.models import Role
from lms.text.words import fold_word

_BETWEEN = re.compile(r"[+;\n]")


@dataclass(frozen=True)
class RoleBook:
    """`allowed`: codes of the roles that belong to the viewer's lines."""

    by_name: dict[str, str]
    allowed: frozenset[str]

    @classmethod
    def of(cls, roles: Iterable[Role], lines: frozenset[str]) -> RoleBook:
        roles = list(roles)
        names = {fold_word(name): role.code for role in roles for name in (role.short_name, role.name)}
        return cls(names, frozenset(role.code for role in roles if role.line in lines))

    def named(self, text: str) -> tuple[str, ...]:
        """The codes, if every part of the text is the name of a role; else nothing."""
        codes = [self.by_name.get(fold_word(part)) for part in _BETWEEN.split(text) if part.strip()]
        known = [code for code in codes if code is not None]
        return tuple(dict.fromkeys(known)) if len(known) == len(codes) else ()
