"""One person: what the register says, correcting it, answering a report; and adding somebody by hand."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from lms.access import requires
from lms.access.current import viewer
from lms.db import db
from lms.jobs import queue
from lms.people import operations
from lms.people.areas import area
from lms.people.forms import NewPersonForm, PersonForm, fill_places, fill_roles
from lms.people.operations.persons import similar_people
from lms.people.person_page import changes_of_person, person_page
from lms.people.rights import READERS, today
from lms.people.roster.faces import Face, faces_of_people
from lms.people.roster.words import fact_words
from lms.people.views.people import roles
from lms.people.words import ACTIONS, FACT_NAMES, SEXES
from lms.web.refusals import Refusal

# The work of a room above this one, which issues the papers that waited for the name.
PAPERS_WAITING = "certificates-waiting"


@requires(*READERS)
def person(person_id: int) -> ResponseReturnValue:
    page = person_page(viewer(), person_id)
    changes = changes_of_person(person_id) if page.may_change else []
    return render_template(
        "people/person.html",
        page=page,
        changes=changes,
        actions=ACTIONS,
        fact_names=FACT_NAMES,
        fact_words=fact_words,
        sexes=SEXES,
        today=today(),
    )


@requires("manager")
def edit_person(person_id: int) -> ResponseReturnValue:
    page = person_page(viewer(), person_id)
    if not page.may_change:
        raise NotFound
    form = PersonForm(page.person)
    if request.method == "GET":
        form.show(page.person)
    elif form.validate_on_submit():
        facts, number = form.facts(), page.person.phone
        with db.write():
            changed = operations.correct_person(person_id, facts)
        flash(_("Đã lưu.") if changed else _("Không có gì khác trước."))
        _tell(form)
        if facts.phone not in (None, number):  # asks whether the account shall follow, and leads back if there is none
            return redirect(url_for("accounts.follow_number", person_id=person_id), 303)
        return redirect(url_for("people.person", person_id=person_id), 303)
    return render_template("people/edit_person.html", form=form, page=page), 422 if form.errors else 200


@requires("manager")
def resolve_report(person_id: int) -> ResponseReturnValue:
    with db.write():
        operations.resolve_report(person_id)
    queue.nudge(PAPERS_WAITING)
    flash(_("Đã ghi nhận là xử lý xong. Giấy chứng nhận đang chờ sẽ được cấp với thông tin hiện có."))
    return redirect(url_for("people.person", person_id=person_id), 303)


@requires("manager")
def new_person() -> ResponseReturnValue:
    form = NewPersonForm()
    fill_roles(form.role, roles())
    fill_places(form.unit, area(viewer(), today(), "manager"))
    alike: list[tuple[int, Face]] = []
    if request.method == "GET":
        form.first_day.show(today())
    elif form.validate_on_submit():
        alike = [] if form.another.data else _alike(form)
        if not alike:
            return _add(form)
    return render_template("people/new_person.html", form=form, alike=alike), 422 if form.errors or alike else 200


def _tell(form: PersonForm) -> None:
    if told := form.told():
        flash(f"{told}.")


def _alike(form: NewPersonForm) -> list[tuple[int, Face]]:
    """Whom the register has already who may be this person."""
    known = [known.person_id for known in similar_people(form.facts(), form.role.data, int(form.unit.data))]
    faces = faces_of_people(known, viewer(), today())
    return [(person_id, faces[person_id]) for person_id in known if person_id in faces]


def _add(form: NewPersonForm) -> ResponseReturnValue:
    assert form.first_day.day is not None
    try:
        with db.write():
            made = operations.create_person(form.facts(), form.role.data, int(form.unit.data), form.first_day.day).id
    except Refusal as refusal:
        form.form_errors.append(refusal.message)
        return render_template("people/new_person.html", form=form, alike=[]), refusal.status
    flash(_("Đã thêm vào sổ."))
    _tell(form)
    return redirect(url_for("people.person", person_id=made), 303)
