"""The verbs on people and posts. Each checks the viewer's rights, writes, and records; none commits."""

from lms.people.operations.confirmations import confirm_list
from lms.people.operations.merges import merge, unmerge
from lms.people.operations.persons import correct_person, create_person, resolve_report
from lms.people.operations.posts import add_post, correct_post, end_post, withdraw_post

__all__ = [
    "add_post",
    "confirm_list",
    "correct_person",
    "correct_post",
    "create_person",
    "end_post",
    "merge",
    "resolve_report",
    "unmerge",
    "withdraw_post",
]
