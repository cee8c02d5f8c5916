"""One certificate: as a page, and as the file that was issued."""

from __future__ import annotations

import io

import structlog
from flask import redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.access import signed_in
from lms.access.current import viewer
from lms.certificates import tasks
from lms.certificates.operations import may_change
from lms.certificates.page import sheet_html
from lms.certificates.pdf import PdfLibrariesMissing
from lms.certificates.queries.cards import CertificateCard, certificate_for, replacement_of
from lms.certificates.queries.register import OFFICE
from lms.certificates.wording import fault_words
from lms.storage.files import StorageUnavailable, storage
from lms.web.refusals import Refusal

log = structlog.get_logger("lms.certificates")


@signed_in
def show(code: str) -> ResponseReturnValue:
    """The sheet as one picture, its facts in letters that a phone can show, and the file."""
    who = viewer()
    certificate, card = certificate_for(who, code)
    if code != card.code:
        return redirect(url_for("certificates.show", code=card.code), 301)
    return render_template(
        "certificates/show.html",
        card=card,
        sheet=sheet_html(card.paper),
        is_mine=card.person_id == who.person_id,
        in_office=who.can(*OFFICE),
        replacement=replacement_of(who, certificate),
        may_change=card.stands and may_change(certificate),
        fault=fault_words(card.fault) if card.fault else "",
    )


@signed_in
def pdf(code: str) -> ResponseReturnValue:
    """The file as it was issued; made now if the worker has not come to it yet. Its name tells nobody's name."""
    _certificate, card = certificate_for(viewer(), code)
    if card.fault:
        raise Refusal(fault_words(card.fault))
    serial = card.paper.serial.replace("/", "-")
    return send_file(
        io.BytesIO(_file_of(card)),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"giay-chung-nhan-{serial}.pdf",
    )


def _file_of(card: CertificateCard) -> bytes:
    try:
        return storage().read(tasks.make_file(card.id))
    except tasks.NotPrintable as fault:
        raise Refusal(fault_words(str(fault))) from fault
    except PdfLibrariesMissing as missing:
        log.error("no certificate can be printed", reason=str(missing))
        raise Refusal(
            _("Máy chủ chưa làm được tệp PDF. Giấy vẫn có giá trị: Anh/Chị mở trang giấy chứng nhận để xem."), 503
        ) from missing
    except (FileNotFoundError, StorageUnavailable) as lost:
        log.error("the file of a certificate cannot be had", certificate=card.id, exc_info=lost)
        raise Refusal(
            _("Tệp của giấy này tạm thời chưa đọc được. Giấy vẫn có giá trị. Xin báo cho phường."), 503
        ) from lost
