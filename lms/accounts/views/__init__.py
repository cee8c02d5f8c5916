"""The routes of this room, as a table of contents."""

from __future__ import annotations

from flask import Blueprint

from lms.accounts.views import cards, entering, mine, office

bp = Blueprint("accounts", "lms.accounts", template_folder="templates")

ROUTES = (
    ("/dang-nhap", "sign_in", entering.sign_in, ("GET", "POST")),
    ("/the/<token>", "card", entering.card, ("GET", "POST")),
    ("/ma-pin", "choose_pin", entering.choose_pin, ("GET", "POST")),
    ("/dang-xuat", "sign_out", entering.sign_out, ("POST",)),
    ("/con-day", "still_here", mine.still_here, ("GET",)),
    ("/tai-khoan", "me", mine.me, ("GET",)),
    ("/tai-khoan/so-dien-thoai", "my_phone", mine.my_phone, ("GET", "POST")),
    ("/tai-khoan/may/<int:session_id>", "end_device", mine.end_device, ("POST",)),
    ("/tai-khoan/dang-xuat-moi-noi", "end_everywhere", mine.end_everywhere, ("POST",)),
    ("/the-dang-nhap", "cards", cards.cards, ("GET",)),
    ("/the-dang-nhap/in", "print_cards", cards.print_cards, ("GET", "POST")),
    ("/the-dang-nhap/<int:person_id>/so-dien-thoai", "follow_number", office.follow_number, ("GET", "POST")),
    ("/quan-tri/tai-khoan", "accounts", office.accounts, ("GET",)),
    ("/quan-tri/tai-khoan/moi", "new_account", office.new_account, ("GET", "POST")),
    ("/quan-tri/tai-khoan/<int:account_id>", "account", office.account, ("GET",)),
    ("/quan-tri/tai-khoan/<int:account_id>/quyen", "give", office.give, ("POST",)),
    ("/quan-tri/quyen/<int:grant_id>/thu-hoi", "take_back", office.take_back, ("POST",)),
    ("/quan-tri/tai-khoan/<int:account_id>/the", "new_card", office.new_card, ("POST",)),
    ("/quan-tri/tai-khoan/<int:account_id>/ma-pin", "reset", office.reset, ("POST",)),
    ("/quan-tri/tai-khoan/<int:account_id>/so-dien-thoai", "move", office.move, ("POST",)),
    ("/quan-tri/tai-khoan/<int:account_id>/dang-xuat", "sign_out_all", office.sign_out_all, ("POST",)),
    ("/quan-tri/tai-khoan/<int:account_id>/dong", "close", office.close, ("POST",)),
    ("/quan-tri/tai-khoan/<int:account_id>/mo-lai", "reopen", office.reopen, ("POST",)),
)

for rule, endpoint, view, methods in ROUTES:
    bp.add_url_rule(rule, endpoint, view, methods=methods)
