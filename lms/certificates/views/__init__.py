"""The routes of this room, as a table of contents."""

from __future__ import annotations

from flask import Blueprint

from lms.certificates.views import learning, mine, office, paper, public

bp = Blueprint("certificates", "lms.certificates", template_folder="templates")

ROUTES = (
    ("/ho-so", "records", mine.records, ("GET",)),
    ("/xac-nhan-thong-tin", "identity", mine.identity, ("GET", "POST")),
    ("/giay-chung-nhan/<code>", "show", paper.show, ("GET",)),
    ("/giay-chung-nhan/<code>.pdf", "pdf", paper.pdf, ("GET",)),
    ("/giay-chung-nhan/<code>/thu-hoi", "revoke", office.revoke, ("GET", "POST")),
    ("/giay-chung-nhan/<code>/thay", "replace", office.replace, ("GET", "POST")),
    ("/nguoi/<int:person_id>/da-hoc", "learning", learning.learning, ("GET",)),
    ("/so-cap-giay", "register", office.register, ("GET",)),
    ("/so-cap-giay.xlsx", "register_file", office.register_file, ("GET",)),
    ("/c", "check", public.check, ("GET",)),
    ("/c/", "check", public.check, ("GET",)),
    ("/c/<code>", "check", public.check, ("GET",)),
)

for rule, endpoint, view, methods in ROUTES:
    bp.add_url_rule(rule, endpoint, view, methods=methods)
