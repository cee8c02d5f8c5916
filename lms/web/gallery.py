"""Every component in each of its states, for tests and screenshots; not there where people study."""

from __future__ import annotations

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from lms.access import NOBODY, GrantValue, Viewer, public
from lms.access.current import act_as, viewer
from lms.web.refusals import Refusal

bp = Blueprint("gallery", __name__, url_prefix="/mau")

LEARNER = Viewer(account_id=0, person_id=0, name="Huỳnh Thị Út")
OFFICER = Viewer(
    account_id=0,
    name="Sơn Thị Ánh",
    office="Phòng Văn hóa – Xã hội",
    grants=(GrantValue("manager"), GrantValue("trainer")),
)

YEAR = [
    (f"{month}", trained, 934)
    for month, trained in enumerate((599, 607, 640, 661, 654, 702, 714, 727, 746, 768, 774, 812), start=1)
]
HAMLETS = [
    ("Khóm 1", 19, 21, "#"),
    ("Khóm 2", 15, 18, "#"),
    ("Khóm 4", 13, 17, "#"),
    ("Khóm 7", 0, 6, "#"),
    ("Khóm 11", 12, 21, "#"),
    ("Khóm 12", 0, 0, "#"),
]


class Sample(FlaskForm):  # type: ignore[misc]
    """One field of each kind."""

    class Meta:
        csrf = False

    phone = StringField("Số điện thoại", [InputRequired("Số này mới có 9 chữ số, cần 10.")])
    pin = PasswordField("Mã PIN", description="6 chữ số. Đừng cho người khác biết.")
    role = SelectField(
        "Vai trò", choices=[SelectChoice("ctv", "Cộng tác viên dân số"), SelectChoice("hgv", "Hòa giải viên")]
    )
    same = RadioField(
        "Có phải cùng một người không?",
        [InputRequired("Chọn một trong ba.")],
        choices=[
            SelectChoice("yes", "Cùng một người, thêm số mới"),
            SelectChoice("no", "Hai người khác nhau"),
            SelectChoice("later", "Để sau"),
        ],
    )
    agreed = BooleanField("Tôi xác nhận danh sách này")
    notes = TextAreaField("Ghi chú")


@bp.get("/")
@public
def pieces() -> str:
    """?phong=office draws it as an office page, ?ai=… as somebody signed in."""
    office = request.args.get("phong") == "office"
    act_as({"learner": LEARNER, "officer": OFFICER}.get(request.args.get("ai", ""), NOBODY))
    flash("Đã gộp hai dòng của Nguyễn Thị Hòa.")
    form = Sample(data={"phone": "0912 345 67"})
    form.validate()
    return render_template("gallery.html", office=office, form=form, year=YEAR, hamlets=HAMLETS, who=viewer())


@bp.get("/loi/<int:code>")
@public
def error(code: int) -> ResponseReturnValue:
    if code == 500:
        raise RuntimeError("số 0912345678 của 'Nguyễn Thị Hòa' không được ra ngoài")
    abort(code)


@bp.get("/tu-choi")
@public
def refusal() -> ResponseReturnValue:
    raise Refusal("Tệp này không phải bảng tính. Anh/Chị lưu lại thành .xlsx rồi gửi lần nữa.")
