"""Who may sign in, from which device, and what they may do where."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.access.viewer import CAPABILITIES
from lms.db import Base, choice, utc_now
from lms.people.models import LINES


class Account(Base):
    """Sign-in by phone + PIN, or by the card's QR + PIN. One phone may carry up to four accounts."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    office: Mapped[str | None] = mapped_column(String(160))
    phone: Mapped[str | None] = mapped_column(String(16), index=True)
    pin_hash: Mapped[str | None] = mapped_column(String(200))
    card_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    first_code_hash: Mapped[str | None] = mapped_column(String(200))
    first_code_until: Mapped[datetime | None]
    language: Mapped[str] = mapped_column(String(5), default="vi")
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    grants: Mapped[list[Grant]] = relationship(back_populates="account")


class SignInTries(Base):
    """Wrong tries, counted per phone number (or card), known or not: the answer never says whether it is known."""

    __tablename__ = "sign_in_tries"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    wrong: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]


class SignInSession(Base):
    """A row per device: what makes "đăng xuất mọi nơi" work at once. Holds only a hash of the cookie's token."""

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    device: Mapped[str] = mapped_column(String(160))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_seen: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship()


class Grant(Base):
    """account × capability × unit subtree × line; no unit: everywhere; no line: every line."""

    __tablename__ = "account_grant"
    __table_args__ = (Index("ix_account_grant_account", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    capability: Mapped[str] = mapped_column(choice("capability", *CAPABILITIES))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    line: Mapped[str | None] = mapped_column(choice("grant_line", *LINES))
    valid_from: Mapped[date]
    granted_by: Mapped[str] = mapped_column(String(60))
    recorded_at: Mapped[datetime] = mapped_column(default=utc_now)
    revoked_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship(back_populates="grants")


class ApiToken(Base):
    """A program's key to the API: acts as the account, within `scopes` (words with a space between). Only its hash
    is kept; `prefix` is how it begins, so that its holder can tell which one it is."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    prefix: Mapped[str] = mapped_column(String(16))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    created_by: Mapped[str] = mapped_column(String(60))
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship()
