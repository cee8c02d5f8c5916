"""The verbs of this room, in one place for commands, screens and the demo. None commits."""

from __future__ import annotations

from lms.authoring.publishing import ContentRefused, import_folder, publish_course, publish_draft
from lms.courses.folder import read_folder, write_folder

__all__ = [
    "ContentRefused",
    "import_folder",
    "publish_course",
    "publish_draft",
    "read_folder",
    "write_folder",
]
