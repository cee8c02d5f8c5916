"""The door: one try, counted and committed before it is checked, checked outside any write, at one price for all.

With the views this is the only place of the room that opens `db.write()`: a failed try must be committed although
nothing else is, and 150 ms of hashing must not keep every other writer waiting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog
from flask_babel import gettext as _

from lms.accounts import hashing, queries, rules
from lms.accounts.operations import ReadyPin, judge_pin, open_session, rights, tries, visits
from lms.accounts.operations.pins import pins_beside, proof_of
from lms.accounts.queries import Candidate, CardHolder, Device
from lms.accounts.rules import PinFault, Verdict
from lms.db import db, utc_now
from lms.measures import measures
from lms.web.refusals import Refusal

log = structlog.get_logger("lms.accounts")


@dataclass(frozen=True)
class Claim:
    """Who somebody says they are: the key their tries count under, and the accounts it may mean."""

    key: str
    candidates: tuple[Candidate, ...]
    address: str | None = None


@dataclass(frozen=True)
class Known:
    """The secret fits one account. With a first code, `proof` lets its holder choose a PIN, and nothing else."""

    account_id: int
    proof: str | None = None


@dataclass(frozen=True)
class TurnedAway:
    """Not this time: `checked` and wrong, or not looked at. Both say how long to wait and how many tries are left."""

    checked: bool
    wait: timedelta
    left: int | None = None


def claim_number(e164: str, address: str) -> Claim:
    return Claim(tries.number_key(e164), queries.candidates_for_number(e164), address)


def claim_card(token: str, holder: CardHolder) -> Claim:
    """Whoever holds a card holds 128 random bits: its tries count on the card alone, whatever happens to the number."""
    return Claim(tries.card_key(token), (holder.candidate,))


def claim_device(device: Device) -> Claim:
    return Claim(tries.device_key(device.session_id), queries.candidate_of(device.account_id))


def check(claim: Claim, secret: str) -> Known | TurnedAway:
    """Whether `secret` (a PIN of 6 digits or a first code of 8) fits exactly one of the accounts claimed."""
    verdict = _begin(claim)
    if verdict.refused:
        measures().sign_ins_refused.labels("locked").inc()
        return TurnedAway(False, verdict.wait)
    by_code = rules.secret_kind(secret) == "code"
    found = hashing.matching(secret, [one.code_hash if by_code else one.pin_hash for one in claim.candidates])
    if len(found) != 1:
        return _wrong(claim, verdict)
    _forgive(claim)
    known = claim.candidates[found[0]]
    return Known(known.account_id, proof_of(known.code_hash) if by_code and known.code_hash else None)


def enter(account_id: int, user_agent: str, language: str | None, leaving: str | None) -> str:
    """Open a visit for an account that was checked, and end the one this browser had; returns the new token."""
    with db.write():
        account = rights.load(account_id)
        if account.closed_at is not None or account.pin_hash is None:
            raise Refusal(_("Tài khoản này vừa được thay đổi. Anh/Chị đăng nhập lại giúp."))
        if leaving:
            visits.end_token(leaving)
        return open_session(account_id, user_agent, language)


def ready_pin(account_id: int, pin: str, phone: str | None) -> ReadyPin | PinFault | TurnedAway:
    """Judge a PIN before it is stored. On a shared number every choice counts as a try: "taken" is an answer too."""
    if pins_beside(account_id, phone):
        verdict = _begin(Claim(tries.choosing_key(account_id), ()))
        if verdict.refused:
            return TurnedAway(False, verdict.wait)
    return judge_pin(account_id, pin, phone)


def _begin(claim: Claim) -> Verdict:
    with db.write():
        if claim.address:
            from_address = tries.begin_from(claim.address)
            if from_address.refused:
                return from_address
        return tries.begin(claim.key)


def _wrong(claim: Claim, verdict: Verdict) -> TurnedAway:
    measures().sign_ins_refused.labels("wrong").inc()
    until = verdict.tries.locked_until
    if verdict.left == 0:
        log.warning("sign-in locked", kind=claim.key.partition(":")[0])
    return TurnedAway(True, until - utc_now() if until else timedelta(0), verdict.left)


def _forgive(claim: Claim) -> None:
    """On a number of several accounts a success proves one of them: whoever knows their own PIN must not buy with it
    ever new tries at the others'. There the count is forgotten after a quiet day, or at the desk.
    """
    with db.write():
        if claim.address:  # first, as in `_begin`: rows that are locked in two orders wait for each other for ever
            tries.give_back(claim.address)
        if len(claim.candidates) > 1:
            tries.take_back(claim.key)
        else:
            tries.clear(claim.key)
