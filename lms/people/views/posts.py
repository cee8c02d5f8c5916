"""Posts by hand: a new one, an end, other days, one that never was."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from lms.access import requires
from lms.access.current import viewer
from lms.db import db
from lms.people import operations
from lms.people.areas import area
from lms.people.forms import EndPostForm, Form, NewPostForm, PostDaysForm, fill_places, fill_roles
from lms.people.person_page import PersonPage, PostShown, kept_post, may_see, person_page
from lms.people.rights import today
from lms.people.views.people import roles
from lms.web.refusals import Refusal


@requires("manager")
def new_post(person_id: int) -> ResponseReturnValue:
    page = person_page(viewer(), person_id)
    if not page.may_change:
        raise NotFound
    form = NewPostForm()
    fill_roles(form.role, roles())
    fill_places(form.unit, area(viewer(), today(), "manager"))
    if request.method == "GET":
        form.first_day.show(today())
    elif form.validate_on_submit() and form.first_day.day:
        try:
            with db.write():
                operations.add_post(person_id, form.role.data, int(form.unit.data), form.first_day.day)
        except Refusal as refusal:
            return _again("people/new_post.html", form, refusal, page=page)
        return _done(person_id, _("Đã thêm chức danh."))
    return render_template("people/new_post.html", form=form, page=page), 422 if form.errors else 200


@requires("manager")
def end_post(post_id: int) -> ResponseReturnValue:
    page, post = kept_post(viewer(), post_id)
    form = EndPostForm()
    if request.method == "GET":
        form.last_day.show(post.last_day or today())
    elif form.validate_on_submit() and form.last_day.day:
        try:
            with db.write():
                operations.end_post(post_id, form.last_day.day)
        except Refusal as refusal:
            return _again("people/end_post.html", form, refusal, page=page, post=post)
        return _done(page.person.id, _("Đã ghi ngày nghỉ. Kết quả học của người này vẫn giữ nguyên."))
    return render_template("people/end_post.html", form=form, page=page, post=post), 422 if form.errors else 200


@requires("manager")
def correct_post(post_id: int) -> ResponseReturnValue:
    page, post = kept_post(viewer(), post_id)
    form = PostDaysForm()
    if request.method == "GET":
        _show_days(form, post)
    elif form.validate_on_submit() and form.first_day.day:
        try:
            with db.write():
                operations.correct_post(post_id, form.first_day.day, form.last_day.day)
        except Refusal as refusal:
            return _again("people/correct_post.html", form, refusal, page=page, post=post)
        return _done(page.person.id, _("Đã sửa ngày của chức danh."))
    return render_template("people/correct_post.html", form=form, page=page, post=post), 422 if form.errors else 200


@requires("manager")
def withdraw_post(post_id: int) -> ResponseReturnValue:
    page, _post = kept_post(viewer(), post_id)
    with db.write():
        operations.withdraw_post(post_id)
    return _done(page.person.id, _("Đã gỡ chức danh ghi nhầm."))


def _show_days(form: PostDaysForm, post: PostShown) -> None:
    form.first_day.show(post.first_day)
    if post.last_day:
        form.last_day.show(post.last_day)


def _again(template: str, form: Form, refusal: Refusal, **values: PersonPage | PostShown) -> ResponseReturnValue:
    form.form_errors.append(refusal.message)
    return render_template(template, form=form, **values), refusal.status


def _done(person_id: int, words: str) -> ResponseReturnValue:
    """Back to the person, or to the list where there is nothing left to see."""
    flash(words)
    if may_see(viewer(), person_id):
        return redirect(url_for("people.person", person_id=person_id), 303)
    return redirect(url_for("people.people"), 303)
