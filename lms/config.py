"""Typed settings, read once from the environment (prefix ``LMS_``) and from ``lms.env`` in the instance folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

Environment = Literal["production", "demo", "development", "test"]

MIN_SECRET_LENGTH = 32
_WEAK_SECRETS = ("change", "secret", "password", "example", "default", "test")


class UnsafeSettings(RuntimeError):
    """The process must not start with these settings; the message says what to change."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="LMS_", extra="ignore")

    environment: Environment = "production"
    debug: bool = False
    secret_key: str = ""
    instance_dir: Path = Path("instance")
    database_url: str = ""
    base_url: str = "http://127.0.0.1:8000"
    trusted_hosts: list[str] = Field(default_factory=lambda: ["127.0.0.1", "localhost"])
    behind_proxy: bool = False
    time_zone: str = "Asia/Ho_Chi_Minh"
    draft_languages: bool = True
    exit_url: str = "https://www.google.com/search?q=thoi+tiet"
    content_dir: Path = Path("content")
    roster_max_rows: int = 25_000
    upload_max_bytes: int = 12_000_000
    plan: str = "kh-119"
    backup_key: str = ""
    backup_key_file: Path | None = None

    @property
    def database(self) -> str:
        """SQLAlchemy URL; the embedded default is one SQLite file in the instance folder."""
        name = "demo.sqlite" if self.environment == "demo" else "lms.sqlite"
        return self.database_url or f"sqlite:///{(self.instance_dir / name).absolute()}"

    @property
    def files_dir(self) -> Path:
        return self.instance_dir / "files"

    @property
    def queue_path(self) -> Path:
        return self.instance_dir / "queue.sqlite"

    @property
    def secure_cookies(self) -> bool:
        return self.base_url.startswith("https://")

    def refuse_if_unsafe(self) -> None:
        """Raise `UnsafeSettings` rather than serve people from an unsafe process."""
        if len(self.secret_key) < MIN_SECRET_LENGTH or len(set(self.secret_key)) < 10:
            raise UnsafeSettings("LMS_SECRET_KEY must be at least 32 random characters (lms secret makes one).")
        if self.environment != "production":
            return
        if any(word in self.secret_key.lower() for word in _WEAK_SECRETS):
            raise UnsafeSettings("LMS_SECRET_KEY looks like an example. Make a new one with: lms secret")
        if self.debug:
            raise UnsafeSettings("LMS_DEBUG must be off in production.")
        if any(words in self.database for words in (":memory:", "mode=memory")) or self.database == "sqlite://":
            raise UnsafeSettings("LMS_DATABASE_URL is a database in memory: nothing would survive a restart.")


def settings_from_environment() -> Settings:
    """The environment first, then `lms.env` of the instance folder, then the defaults."""
    return Settings(_env_file=Path(os.environ.get("LMS_INSTANCE_DIR", "instance")) / "lms.env")
