"""The routes of this room, as a table of contents."""

from __future__ import annotations

from flask import Blueprint

from lms.people.views import confirming, deciding, imports, merging, people, person, posts, reviewing

bp = Blueprint("people", "lms.people", template_folder="templates")

ROUTES = (
    ("/nguoi", "people", people.people, ("GET",)),
    ("/nguoi.xlsx", "people_file", people.people_file, ("GET",)),
    ("/nguoi/moi", "new_person", person.new_person, ("GET", "POST")),
    ("/nguoi/<int:person_id>", "person", person.person, ("GET",)),
    ("/nguoi/<int:person_id>/sua", "edit_person", person.edit_person, ("GET", "POST")),
    ("/nguoi/<int:person_id>/da-xu-ly", "resolve_report", person.resolve_report, ("POST",)),
    ("/nguoi/<int:person_id>/chuc-danh", "new_post", posts.new_post, ("GET", "POST")),
    ("/nguoi/<int:person_id>/gop", "merge", merging.merge, ("GET", "POST")),
    ("/nguoi/<int:person_id>/tach", "unmerge", merging.unmerge, ("POST",)),
    ("/chuc-danh/<int:post_id>/nghi", "end_post", posts.end_post, ("GET", "POST")),
    ("/chuc-danh/<int:post_id>/sua", "correct_post", posts.correct_post, ("GET", "POST")),
    ("/chuc-danh/<int:post_id>/go", "withdraw_post", posts.withdraw_post, ("POST",)),
    ("/danh-sach", "imports", imports.imports, ("GET",)),
    ("/danh-sach/mau.xlsx", "template_file", imports.template_file, ("GET",)),
    ("/danh-sach/moi", "new_import", imports.new_import, ("GET", "POST")),
    ("/danh-sach/xac-nhan", "confirm_list", confirming.confirm_list, ("GET", "POST")),
    ("/danh-sach/<int:import_id>", "import_review", reviewing.import_review, ("GET",)),
    ("/danh-sach/<int:import_id>/quyet-dinh", "decide", deciding.decide, ("POST",)),
    ("/danh-sach/<int:import_id>/them-khom", "add_hamlets", deciding.add_hamlets, ("POST",)),
    ("/danh-sach/<int:import_id>/ghi-vao-so", "confirm_import", imports.confirm_import, ("GET", "POST")),
    ("/danh-sach/<int:import_id>/bo", "drop_import", imports.drop_import, ("POST",)),
    ("/danh-sach/<int:import_id>/hoan-tac", "undo_import", imports.undo_import, ("GET", "POST")),
    ("/danh-sach/<int:import_id>/nghi/<int:post_id>", "end_missing", deciding.end_missing, ("POST",)),
)

for rule, endpoint, view, methods in ROUTES:
    bp.add_url_rule(rule, endpoint, view, methods=methods)
