"""Typed settings, read once from the environment (prefix ``LMS_``) and from ``lms.env`` in the instance folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

Environment = Literal["production", "demo", "development", "test"]

MIN_SECRET_LENGTH = 32
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_WEAK_SECRETS = ("change", "secret", "password", "example", "default", "test")
_REDIS = ("redis://", "rediss://", "unix://")
_OUTSIDE = {
    "storage_url": (("s3://",), "obstore"),
    "queue_url": (_REDIS, "redis"),
    "limits_url": (_REDIS, "redis"),
}
"""What may stand outside this machine: setting → (schemes, the package it needs)."""
_ALL_OF_THEM = "requirements/run.txt has it (make .venv/run.done, or the bundle's install.sh)"


class UnsafeSettings(RuntimeError):
    """The process must not start with these settings; the message says what to change."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="LMS_", extra="ignore")

    environment: Environment = Field("production", description="production is strict; demo: invented people.")
    debug: bool = Field(False, description="Flask's debugger: never where people learn.")
    secret_key: str = Field("", repr=False, description="At least 32 random characters; lms secret makes one.")
    secret_key_fallbacks: list[str] = Field(
        [], repr=False, description="Keys of before: lms keys rotate puts them here."
    )
    instance_dir: Path = Field(Path("instance"), description="The folder of lms.env, the SQLite database and files.")
    database_url: str = Field("", repr=False, description="sqlite:/// or postgresql+psycopg://; empty: a SQLite file.")
    base_url: str = Field("http://127.0.0.1:8000", description="As people type it: printed on papers, cards and QRs.")
    trusted_hosts: list[str] = Field(["127.0.0.1", "localhost"], description="Host names answered to, as a JSON list.")
    host: str = Field("127.0.0.1", description="Address that lms serve answers at; of an inner network: 0.0.0.0.")
    port: int = Field(8000, ge=1, le=65535, description="Port that lms serve answers at.")
    workers: int = Field(2, ge=1, le=256, description="Web processes of lms serve: as many as the machine has cores.")
    behind_proxy: bool = Field(False, description="Believe X-Forwarded-For and -Proto of the one proxy in front.")
    time_zone: str = Field("Asia/Ho_Chi_Minh", description="Of the clock times on pages.")
    draft_languages: bool = Field(False, description="Offer Khmer and English, which no native reader has signed.")
    exit_url: str = Field("https://www.google.com/search?q=thoi+tiet", description="Where “Thoát nhanh” leads.")
    content_dir: Path = Field(Path("content"), description="The folder of the shipped courses, law and helplines.")
    roster_max_rows: int = Field(25_000, description="The longest staff list that is read.")
    upload_max_bytes: int = Field(12_000_000, description="The largest request that is taken.")
    plan: str = Field("kh-119", description="Code of the plan whose figures are shown first.")
    backup_key: str = Field("", repr=False, description="What backups are sealed with: not the site's own key.")
    backup_key_file: Path | None = Field(None, description="A file that holds LMS_BACKUP_KEY instead.")
    backup_dir: Path | None = Field(None, description="Where backups are kept: lms doctor looks how old the last is.")
    metrics_token: str = Field("", repr=False, description="Bearer token for GET /metrics; empty: there is none.")
    storage_url: str = Field("", description="s3://bucket/prefix; empty: files in the instance folder.")
    s3_endpoint: str = Field("", description="Address of an S3-compatible service; empty: that of AWS.")
    s3_region: str = Field("us-east-1", description="Region of the bucket; many services of one's own ignore it.")
    s3_access_key: str = Field("", description="Name of the key to the bucket; empty: as the machine has it (role).")
    s3_secret_key: str = Field("", repr=False, description="The secret half of that key.")
    queue_url: str = Field("", repr=False, description="redis://… carries nudges; empty: a SQLite file.")
    retention: Literal["plan", "run"] = Field("plan", description="run: each day lets go what is due; plan: only you.")
    limits_url: str = Field("", repr=False, description="redis://… counts public checks; empty: each process its own.")

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
        for setting, key in self._keys():
            if len(key) < MIN_SECRET_LENGTH or len(set(key)) < 10:
                raise UnsafeSettings(f"{setting} must be at least 32 random characters (lms secret makes one).")
        if self.metrics_token and len(self.metrics_token) < MIN_SECRET_LENGTH:
            raise UnsafeSettings("LMS_METRICS_TOKEN must be at least 32 random characters (lms secret makes one).")
        self._refuse_if_unreachable()
        if not self.trusted_hosts or any(not name.strip(" .*") for name in self.trusted_hosts):
            raise UnsafeSettings("LMS_TRUSTED_HOSTS must name the hosts of this site: an empty list trusts any name.")
        if self.environment != "production":
            return
        for setting, key in self._keys():
            if any(word in key.lower() for word in _WEAK_SECRETS):
                raise UnsafeSettings(f"{setting} looks like an example. Make a new one with: lms secret")
        if self.debug:
            raise UnsafeSettings("LMS_DEBUG must be off in production.")
        if any(words in self.database for words in (":memory:", "mode=memory")) or self.database == "sqlite://":
            raise UnsafeSettings("LMS_DATABASE_URL is a database in memory: nothing would survive a restart.")
        if not self.secure_cookies and urlsplit(self.base_url).hostname not in _LOOPBACK:
            raise UnsafeSettings("LMS_BASE_URL must begin with https://, or PINs cross the network in the open.")

    def _keys(self) -> Iterator[tuple[str, str]]:
        """The key and those of before, each with its setting: what an older one signed is believed as well."""
        yield "LMS_SECRET_KEY", self.secret_key
        for older in self.secret_key_fallbacks:
            yield "LMS_SECRET_KEY_FALLBACKS", older

    def _refuse_if_unreachable(self) -> None:
        """A mistyped address must be told at the start, not by the first certificate. The address is not repeated: it
        may hold a password."""
        for name, (schemes, package) in _OUTSIDE.items():
            address, setting = str(getattr(self, name)), f"LMS_{name.upper()}"
            if address and not (address.startswith(schemes) and address.partition("://")[2]):
                raise UnsafeSettings(f"{setting} must look like {schemes[0]}…")
            if address and find_spec(package) is None:
                raise UnsafeSettings(f"{setting} needs the package {package}: {_ALL_OF_THEM}")
        if bool(self.s3_access_key) != bool(self.s3_secret_key):
            raise UnsafeSettings("LMS_S3_ACCESS_KEY and LMS_S3_SECRET_KEY go together.")


def settings_from_environment() -> Settings:
    """The environment first, then `lms.env` of the instance folder, then the defaults.

    Raises `UnsafeSettings` for what is mistyped: it names the setting, and not its value, which may be a secret.
    """
    try:
        return Settings(_env_file=Path(os.environ.get("LMS_INSTANCE_DIR", "instance")) / "lms.env")
    except ValidationError as wrong:
        told = (f"{_setting(str(fault['loc'][0]))} cannot be read: {fault['msg']}" for fault in wrong.errors())
        raise UnsafeSettings("; ".join(told)) from None
    except SettingsError as wrong:  # a list that is no JSON
        named = [field for field in Settings.model_fields if f'"{field}"' in str(wrong)]
        raise UnsafeSettings(f'{_setting(*named)} must be a JSON list: ["one", "another"]') from None


def _setting(field: str = "…") -> str:
    return f"LMS_{field.upper().removeprefix('LMS_')}"
