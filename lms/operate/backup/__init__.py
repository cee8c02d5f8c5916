"""Backups: one sealed file for both engines (docs/decisions/0005-backup-format.md)."""

from __future__ import annotations


class Refused(Exception):
    """The backup cannot be made, read or restored; nothing was changed. The message says why and what to do."""
