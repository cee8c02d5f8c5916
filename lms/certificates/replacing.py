"""A certificate that said something wrong of its holder: another is issued in its place, and what it proves stands.

The register is corrected first; the new paper is about the same achievement, so no figure moves by it.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from lms.access import current
from lms.audit.operations import record
from lms.certificates.course import course_from_json
from lms.certificates.models import Certificate
from lms.certificates.operations import achievement_of, for_change, is_own, issue, words_about_holder
from lms.certificates.pdf import unprintable_in
from lms.db import db, utc_now
from lms.web.refusals import Refusal


@dataclass(frozen=True)
class Difference:
    """One thing that the paper says of its holder and the register no longer does; `part` as in CertificatePaper."""

    part: str
    printed: str
    now: str


def differences(certificate: Certificate) -> list[Difference]:
    """What a replacement would say otherwise; empty where it would be the same paper again."""
    now = words_about_holder(achievement_of(certificate))
    printed = {part: certificate.paper.get(part, "") for part in now}
    return [Difference(part, printed[part], now[part]) for part in now if printed[part] != now[part]]


def replace_certificate(code: str) -> Certificate:
    """Issue a certificate with what the register says today in the place of `code`; returns the new one.

    NotFound unless the viewer manages the holder's area. Refusal: one's own, revoked or replaced already, nothing
    would be different, letters that cannot be printed.
    """
    old = for_change(code)
    _refuse(old)
    changed = differences(old)
    if not changed:
        raise Refusal(_("Sổ ghi đúng như trên giấy này. Xin sửa thông tin của người học trong sổ trước."))
    achievement = achievement_of(old)
    if unprintable_in("".join(one.now for one in changed)) or achievement.paper_facts is None:
        raise Refusal(_("Giấy mới chưa in được vì tên có chữ mà máy in của hệ thống không có."))
    old.replaced_at = utc_now()
    db.session.flush()
    new = issue(achievement, course_from_json(achievement.paper_facts), replaces=old)
    before, after = ({one.part: getattr(one, side) for one in changed} for side in ("printed", "now"))
    record("certificate.replaced", f"certificate:{old.id}", by=new.id, before=before, after=after)
    return new


def _refuse(old: Certificate) -> None:
    if is_own(old, current.viewer()):
        raise Refusal(_("Anh/Chị không tự cấp giấy thay cho mình được. Hãy nhờ người quản lý khác."), 403)
    if old.revoked_at is not None:
        raise Refusal(_("Giấy này đã bị thu hồi nên không cấp giấy thay được."))
    if old.replaced_at is not None:
        raise Refusal(_("Giấy này đã có giấy khác thay rồi."))
