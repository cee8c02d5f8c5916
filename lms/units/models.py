"""Places over time. A unit is one life of one place; its name, parent and code are dated versions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, choice, utc_now
from lms.units.lives import DEPTH, LEVEL_OF_KIND

KINDS = tuple(LEVEL_OF_KIND)
LEVELS = tuple(DEPTH)


class Unit(Base):
    """`key` is ours and stable ("tra-vinh/p8/khom-4"); official codes were re-used in 2025 and are only attributes."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    invented: Mapped[bool] = mapped_column(default=False)
    versions: Mapped[list[UnitVersion]] = relationship(
        foreign_keys="UnitVersion.unit_id", order_by="UnitVersion.valid_from", back_populates="unit"
    )


class UnitVersion(Base):
    """True in ``[valid_from, valid_to)``; versions of a unit never overlap (kept by the database)."""

    __tablename__ = "unit_version"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="forward"),
        CheckConstraint("parent_id IS NULL OR parent_id <> unit_id", name="not_own_parent"),
        Index("ix_unit_version_unit", "unit_id", "valid_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(120), index=True)
    kind: Mapped[str] = mapped_column(choice("unit_kind", *KINDS))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    code: Mapped[str | None] = mapped_column(String(20))
    legal_ref: Mapped[str | None] = mapped_column(Text)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(default=utc_now)
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id], back_populates="versions")


class UnitLineage(Base):
    """On `on_date` the territory of `from_unit` became (part of) `to_unit`. Moves nobody, deletes nothing."""

    __tablename__ = "unit_lineage"
    __table_args__ = (
        CheckConstraint("from_unit_id <> to_unit_id", name="two_units"),
        Index("uq_unit_lineage", "from_unit_id", "to_unit_id", "on_date", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    to_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    on_date: Mapped[date]
    kind: Mapped[str] = mapped_column(
        choice("lineage_kind", "merge", "split", "transfer", "rename", "renumber", "type_change")
    )
    legal_ref: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)


class UnitAlias(Base):
    """What people write ("Khóm 4 P8") under which parent and in which years."""

    __tablename__ = "unit_alias"
    __table_args__ = (Index("ix_unit_alias_key", "key", "parent_unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(160))
    key: Mapped[str] = mapped_column(String(160))
    parent_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class UnitScope(Base):
    """A named set of territory: the current wards, or the area of a plan followed through lineage."""

    __tablename__ = "unit_scope"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    follows: Mapped[str] = mapped_column(choice("scope_follows", "tree", "lineage"))
    position: Mapped[int] = mapped_column(default=0)


class UnitScopeRoot(Base):
    __tablename__ = "unit_scope_root"

    scope_id: Mapped[int] = mapped_column(ForeignKey("unit_scope.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)


class UnitPath(Base):
    """The dated closure of the tree with lineage: the only derived table, rebuilt when units change.

    A post in `unit_id`, looked at on the tree of a day in ``[valid_from, valid_to)``, stands under `node_id`
    (NULL at level "scope": the whole scope). `unit_id` may have ended long before that day.
    """

    __tablename__ = "unit_path"
    __table_args__ = (
        Index("ix_unit_path_unit", "scope_id", "unit_id", "level"),
        Index("ix_unit_path_node", "scope_id", "node_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scope_id: Mapped[int] = mapped_column(ForeignKey("unit_scope.id"))
    level: Mapped[str] = mapped_column(choice("path_level", *LEVELS))
    node_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
