"""The verbs of this room, by theme: accounts, cards and PINs, tries, visits, rights, tokens."""

from lms.accounts.operations.grants import grant, revoke_grant
from lms.accounts.operations.pins import (
    CardSecret,
    ReadyPin,
    card_mark,
    choose_first_pin,
    choose_pin,
    code_mark,
    draw_secret,
    issue_card,
    judge_pin,
    reset_pin,
)
from lms.accounts.operations.register import (
    change_own_phone,
    change_phone,
    close_account,
    create_account,
    reopen_account,
)
from lms.accounts.operations.tokens import NewToken, create_token, revoke_every_token, revoke_token, revoke_tokens_of
from lms.accounts.operations.visits import end_all_sessions, end_every_session, end_session, open_session

__all__ = [
    "CardSecret",
    "NewToken",
    "ReadyPin",
    "card_mark",
    "change_own_phone",
    "change_phone",
    "choose_first_pin",
    "choose_pin",
    "close_account",
    "code_mark",
    "create_account",
    "create_token",
    "draw_secret",
    "end_all_sessions",
    "end_every_session",
    "end_session",
    "grant",
    "issue_card",
    "judge_pin",
    "open_session",
    "reopen_account",
    "reset_pin",
    "revoke_every_token",
    "revoke_grant",
    "revoke_token",
    "revoke_tokens_of",
]
