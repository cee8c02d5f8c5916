"""The list of rooms, bottom up: which blueprints, commands and background work each brings."""

from __future__ import annotations

from flask import Flask

from lms import web
from lms.accounts import guard
from lms.accounts import tasks as account_tasks
from lms.accounts import views as accounts
from lms.accounts.commands import cli as accounts_cli
from lms.accounts.commands import sessions_cli
from lms.accounts.token_commands import token_cli
from lms.api import certificates as api_certificates
from lms.api import coverage as api_coverage
from lms.api import openapi as api_openapi
from lms.api import packages as api_packages
from lms.api import submissions as api_submissions
from lms.audit import tasks as audit_tasks
from lms.audit.commands import cli as audit_cli
from lms.authoring import views as authoring
from lms.authoring.commands import cli as content_cli
from lms.authoring.sheet_commands import sheet_command, sheet_in_command
from lms.certificates import tasks as certificate_tasks
from lms.certificates import views as certificates
from lms.certificates.commands import cli as certificates_cli
from lms.courses import views as courses
from lms.coverage import tasks as coverage_tasks
from lms.coverage import views as coverage
from lms.coverage.commands import cli as coverage_cli
from lms.demo.cast import MainAccounts
from lms.jobs import queue
from lms.operate import schema
from lms.operate.backup.commands import backup_cli
from lms.operate.benching import bench
from lms.operate.commands import db_cli
from lms.operate.doctor.commands import doctor
from lms.operate.keys.commands import keys_cli
from lms.operate.personal import views as personal
from lms.operate.personal.commands import data_command, who_saw_command
from lms.operate.records import walking
from lms.operate.records.commands import record_cli
from lms.operate.retention import tasks as retention_tasks
from lms.operate.retention.commands import retention_cli
from lms.operate.serving import serve, worker
from lms.operate.simulate.commands import simulate
from lms.operate.upgrading.commands import upgrade_command
from lms.people import views as people
from lms.people.commands import people_cli, roster_cli
from lms.quizzes import tasks as quiz_tasks
from lms.quizzes import views as quizzes
from lms.storage.files import StorageUnavailable
from lms.talks import views as talks
from lms.units import views as units
from lms.units.commands import cli as units_cli
from lms.web import errors

BLUEPRINTS = (
    web.bp,
    units.bp,
    people.bp,
    accounts.bp,
    certificates.bp,
    courses.bp,
    quizzes.bp,
    authoring.bp,
    talks.bp,
    coverage.bp,
    api_certificates.bp,
    api_coverage.bp,
    api_openapi.bp,
    api_packages.bp,
    api_submissions.bp,
    personal.bp,
)
COMMANDS = (
    audit_cli,
    backup_cli,
    content_cli,
    db_cli,
    doctor,
    keys_cli,
    upgrade_command,
    units_cli,
    people_cli,
    record_cli,
    retention_cli,
    roster_cli,
    accounts_cli,
    sessions_cli,
    certificates_cli,
    coverage_cli,
    serve,
    worker,
    simulate,
    bench,
)


def furnish(app: Flask) -> None:
    web.furnish(app)
    app.register_error_handler(StorageUnavailable, errors.show_storage_trouble)
    guard.furnish(app)
    app.extensions["readiness"].append(schema.faults)
    app.extensions["record_faults"] = walking.faults
    queue.work(app, quiz_tasks.KIND, quiz_tasks.judge_what_raised)
    queue.work(app, certificate_tasks.WAITING, certificate_tasks.issue_waiting)
    queue.work(app, certificate_tasks.KIND, certificate_tasks.make_missing_files)
    queue.work(app, coverage_tasks.KIND, coverage_tasks.answer_waiting)
    queue.work(app, account_tasks.KIND, account_tasks.sweep)
    queue.work(app, audit_tasks.KIND, audit_tasks.daily)
    queue.work(app, retention_tasks.KIND, retention_tasks.daily)
    if app.extensions["settings"].environment == "demo":
        app.extensions["demo_accounts"] = MainAccounts()
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    accounts_cli.add_command(token_cli)
    content_cli.add_command(sheet_command)
    content_cli.add_command(sheet_in_command)
    people_cli.add_command(data_command)
    audit_cli.add_command(who_saw_command)
    for command in COMMANDS:
        app.cli.add_command(command)
