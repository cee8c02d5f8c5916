"""Form macros: label, hint, error, control, in that order; errors in Vietnamese and tied to their fields."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import wtforms.i18n
from babel.messages.pofile import read_po
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from lms.web.form_words import WORDS


class Small(FlaskForm):  # type: ignore[misc]
    class Meta:
        csrf = False

    name = StringField("Họ và tên", [InputRequired(), Length(max=5)])
    year = IntegerField("Năm sinh", description="Bốn chữ số")
    role = SelectField("Vai trò", choices=[SelectChoice("ctv", "Cộng tác viên")])


def draw(app: Flask, text: str, **values: object) -> str:
    with app.test_request_context():
        return render_template_string('{% import "macros.html" as ui with context %}' + text, **values)


def test_label_hint_error_and_control_come_in_this_order(client: FlaskClient) -> None:
    html = client.get("/mau/").text
    field = re.search(r'<div class="field bad">\s*<label for="phone">.*?</div>', html, re.DOTALL)
    assert field
    places = [field[0].index(part) for part in ("<label", 'class="hint"', 'class="why"', "<input")]
    assert places == sorted(places)
    control = re.search(r"<input[^>]*>", field[0])
    assert control
    assert 'aria-describedby="phone-hint phone-why"' in control[0]
    assert 'aria-invalid="true"' in control[0]
    assert 'type="tel"' in control[0]


def test_a_good_field_has_no_error_marks(app: Flask) -> None:
    with app.test_request_context():
        html = draw(app, "{{ ui.field(form.year) }}", form=Small(data={"year": 1970}))
    assert "bad" not in html
    assert "aria-invalid" not in html
    assert 'aria-describedby="year-hint"' in html


def test_the_summary_leads_to_each_field_and_takes_the_focus(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"name": "", "year": "x", "role": "none"}):
        form = Small()
        form.validate()
        html = draw(app, "{{ ui.form_errors(form) }}", form=form)
    assert re.findall(r'href="#(\w+)"', html) == ["name", "year", "role"]
    assert 'role="alert" tabindex="-1" autofocus' in html
    assert "còn 3 chỗ cần sửa" in html
    assert form.errors == {
        "name": ["Mục này còn trống."],
        "year": ["Mục này cần một số nguyên."],
        "role": ["Chọn một mục trong danh sách."],
    }


def test_lengths_are_filled_in(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"name": "Nguyễn Thị", "year": "1970", "role": "ctv"}):
        form = Small()
        form.validate()
    assert form.errors == {"name": ["Mục này dài quá, tối đa 5 chữ."]}


def test_radios_are_option_cards_in_a_fieldset(client: FlaskClient) -> None:
    html = client.get("/mau/").text
    group = re.search(r'<fieldset class="options asked bad" id="same".*?</fieldset>', html, re.DOTALL)
    assert group
    assert group[0].count('<label class="option">') == 3
    assert 'id="same-why"' in group[0]


def test_what_people_typed_is_escaped(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"name": '"><script>x</script>', "role": "ctv"}):
        assert "<script>" not in draw(app, "{{ ui.field(form.name) }}", form=Small())


UNUSED = re.compile(r"email|IP address|Mac address|UUID|CSRF|week|Choices cannot|field name")


def test_every_sentence_of_wtforms_that_people_can_meet_is_translated() -> None:
    catalogue = Path(wtforms.i18n.messages_path()) / "wtforms.pot"
    with catalogue.open("rb") as file:
        known = [
            message.id if isinstance(message.id, str) else message.id[0] for message in read_po(file) if message.id
        ]
    dates = re.compile(r"^Date must be")
    missing = [text for text in known if text not in WORDS and not UNUSED.search(text) and not dates.match(text)]
    assert missing == []


@pytest.mark.parametrize(
    ("n", "d", "level"),
    [(0, 0, "0"), (0, 6, "1"), (59, 100, "1"), (60, 100, "2"), (80, 100, "3"), (899, 999, "3"), (9, 10, "4")],
)
def test_levels(app: Flask, n: int, d: int, level: str) -> None:
    assert draw(app, "{{ ui.lv(n, d) }}", n=n, d=d) == level


def test_a_share_says_the_number_first_and_is_cut(app: Flask) -> None:
    html = draw(app, "{{ ui.stat(899, 999) }}")
    text = re.sub(r"<[^>]+>", "", html)
    assert text == "899 / 999 người = 89,9\xa0%"
    assert "%" not in draw(app, "{{ ui.stat(0, 0) }}")


def test_steps_say_which_one_is_on(app: Flask) -> None:
    html = draw(app, '{{ ui.steps(["Tải tệp", "Xem lại", "Xác nhận"], at=2) }}')
    assert re.findall(r"<li([^>]*)>", html) == [' class="done"', ' aria-current="step"', ""]
