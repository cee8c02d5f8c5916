"""The routes of this room, as a table of contents."""

from __future__ import annotations

from flask import Blueprint

from lms.coverage.views import cell, page

bp = Blueprint("coverage", "lms.coverage", template_folder="templates")

ROUTES = (
    ("/ty-le", "coverage", page.coverage),
    ("/ty-le.xlsx", "export", page.export),
    ("/ty-le/nguoi", "cell_people", cell.cell_people),
    ("/ty-le/nguoi.xlsx", "cell_file", cell.cell_file),
    ("/ty-le/nguoi/in", "cell_print", cell.cell_print),
)

for rule, endpoint, view in ROUTES:
    bp.add_url_rule(rule, endpoint, view, methods=("GET",))

bp.add_url_rule("/ty-le/tinh-lai", "count_again", page.count_again, methods=("POST",))
