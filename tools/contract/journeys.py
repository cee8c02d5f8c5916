"""The ways through the site, request by request, as data that a script can walk without knowing anything else."""

from __future__ import annotations

from typing import Any

Step = dict[str, Any]

HOW_TO_WALK = {
    "request": (
        "A step is one request to base_url. Keep cookies from one to the next, as a browser does; follow no redirects: "
        "303 is the answer that is meant. Forms are sent as application/x-www-form-urlencoded."
    ),
    "values": (
        "{name} in a path, form or JSON is replaced by the value that was given or kept under this name; a text that "
        "is nothing but {name} becomes the value itself, so that a list stays a list."
    ),
    "keep": (
        "name → {from, pattern}: after the answer, keep what the regular expression's group finds in the body (with "
        "HTML entities resolved) or in the named header. keep_all keeps every find, as a list."
    ),
    "expect": "The statuses that are right; any other ends the journey.",
    "repeat": (
        "{steps, as, until}: the steps with as = 1, 2, 3, …, ending when the first of them answers the status in "
        "until. What is kept in a repeat is kept once for each turn, as a list."
    ),
    "csrf": (
        "Every form needs csrf_token, a hidden field of every page with a form. It holds as long as the session; "
        "signing in begins a new one. Submissions need no token but the header X-LHP: 1. Over HTTPS send Referer too."
    ),
    "pauses": (
        "A learner's device locks after some minutes without a request and then asks for the PIN again: sign in anew. "
        "Wrong PINs are counted per phone number; 429 says with Retry-After when to try again."
    ),
}

_TOKEN = {"csrf_token": {"from": "body", "pattern": 'name="csrf_token" value="([^"]+)"'}}

SIGN_IN: list[Step] = [
    {"method": "GET", "path": "/dang-nhap", "keep": _TOKEN, "expect": [200]},
    {
        "method": "POST",
        "path": "/dang-nhap",
        "form": {"csrf_token": "{csrf_token}", "phone": "{phone}", "pin": "{pin}"},
        "expect": [303],
        "refusals": {"401": "wrong number or PIN", "422": "not filled in", "429": "too many tries"},
    },
    {"method": "GET", "path": "/tai-khoan", "keep": _TOKEN, "expect": [200]},
]

LEARN: list[Step] = [
    {"method": "GET", "path": "/khoa-hoc/{course}", "expect": [200]},
    {"method": "POST", "path": "/khoa-hoc/{course}", "form": {"csrf_token": "{csrf_token}"}, "expect": [303]},
    {
        "method": "GET",
        "path": "/api/v1/courses/{course}/package",
        "keep": {"content_hash": {"from": "body", "pattern": '"content_hash": ?"([0-9a-f]{64})"'}},
        "expect": [200],
    },
    {
        "repeat": {
            "as": "n",
            "until": 404,
            "steps": [
                {"method": "GET", "path": "/khoa-hoc/{course}/bai/{n}", "expect": [200]},
                {
                    "method": "POST",
                    "path": "/khoa-hoc/{course}/bai/{n}/xong",
                    "form": {"csrf_token": "{csrf_token}"},
                    "expect": [303],
                },
            ],
        }
    },
    {
        "method": "GET",
        "path": "/xac-nhan-thong-tin",
        "keep": {"seen": {"from": "body", "pattern": 'name="seen" value="([^"]*)"'}},
        "expect": [200],
    },
    {
        "method": "POST",
        "path": "/xac-nhan-thong-tin",
        "form": {"csrf_token": "{csrf_token}", "answer": "right", "seen": "{seen}"},
        "expect": [303],
    },
]

TAKE_QUIZ: list[Step] = [
    {
        "method": "POST",
        "path": "/khoa-hoc/{course}/kiem-tra",
        "form": {"csrf_token": "{csrf_token}"},
        "keep": {"ticket": {"from": "Location", "pattern": "/lam-bai/([0-9a-f-]{36})"}},
        "expect": [303],
    },
    {
        "repeat": {
            "as": "n",
            "until": 404,
            "steps": [
                {
                    "method": "GET",
                    "path": "/lam-bai/{ticket}/{n}?xem=1",
                    "keep_all": {"options": {"from": "body", "pattern": 'name="choice" value="([^"]+)"'}},
                    "expect": [200],
                }
            ],
        }
    },
]

SUBMIT: list[Step] = [
    {
        "method": "POST",
        "path": "/api/v1/submissions",
        "headers": {"X-LHP": "1"},
        "json": {"id": "{id}", "ticket": "{ticket}", "answers": "{answers}"},
        "keep": {
            "receipt": {"from": "body", "pattern": '"receipt": ?"([^"]+)"'},
            "state": {"from": "body", "pattern": '"state": ?"([^"]+)"'},
        },
        "expect": [200],
    },
    {"method": "GET", "path": "/ket-qua/{ticket}", "expect": [200]},
]

CERTIFICATE: list[Step] = [
    {
        "method": "GET",
        "path": "/ho-so",
        "keep": {"code": {"from": "body", "pattern": "/giay-chung-nhan/([0-9A-Z]{16})"}},
        "expect": [200],
    },
    {"method": "GET", "path": "/c/{code}", "expect": [200]},
    {
        "method": "GET",
        "path": "/api/v1/certificates/{code}",
        "keep": {"certificate_state": {"from": "body", "pattern": '"state": ?"([^"]+)"'}},
        "expect": [200],
    },
]

COVERAGE: list[Step] = [
    {"method": "GET", "path": "/ty-le", "expect": [200]},
    {
        "method": "GET",
        "path": "/api/v1/coverage?by=",
        "keep": {
            "trained": {"from": "body", "pattern": '"total": ?\\{[^}]*"trained": ?(\\d+)'},
            "counted": {"from": "body", "pattern": '"total": ?\\{[^}]*"counted": ?(\\d+)'},
        },
        "expect": [200],
    },
]

SIGN_OUT: list[Step] = [
    {"method": "POST", "path": "/dang-xuat", "form": {"csrf_token": "{csrf_token}"}, "expect": [303]},
]

HEALTH: list[Step] = [
    {"method": "GET", "path": "/healthz", "expect": [200]},
    {"method": "GET", "path": "/readyz", "expect": [200]},
]

JOURNEYS: dict[str, dict[str, Any]] = {
    "health": {"needs": [], "steps": HEALTH, "says": "Alive, and ready for work (503 with what is wrong in the log)."},
    "sign_in": {"needs": ["phone", "pin"], "steps": SIGN_IN, "says": "By phone and PIN, as anybody."},
    "learn": {
        "needs": ["course"],
        "steps": LEARN,
        "says": "As a learner who has not begun: enrol, take the package along, finish every lesson, confirm the name.",
    },
    "take_quiz": {
        "needs": ["course"],
        "steps": TAKE_QUIZ,
        "says": "Start an attempt and read its items; options holds the option ids of item 1, 2, 3, … as shown.",
    },
    "submit": {
        "needs": ["id", "answers"],
        "steps": SUBMIT,
        "says": (
            "Hand in. id: a UUID version 4 of your own, in lower case; answers: [{item: place from 1, answer: [option "
            "id]}]. Sending the same again answers with the same receipt and changes nothing; something else under the "
            "same id is kept and answered 409; what cannot be counted is kept and answered 202. Several at once, up to "
            "50: a list of these is answered by a list."
        ),
    },
    "certificate": {"needs": [], "steps": CERTIFICATE, "says": "After a pass: the code, and the public check of it."},
    "coverage": {
        "needs": [],
        "steps": COVERAGE,
        "says": "As a manager or inspector: the page, and the total as of today.",
    },
    "sign_out": {"needs": [], "steps": SIGN_OUT, "says": "End this session."},
}

ORDER = {
    "learner": ["sign_in", "learn", "take_quiz", "submit", "certificate", "sign_out"],
    "office": ["sign_in", "coverage", "sign_out"],
}

KEY = {
    "command": "lms record show {ticket} --json",
    "says": (
        "No answer key ever leaves the server for a learner. Whoever may run commands on it finds the key of an "
        "attempt, open or closed, in attempt.items: place, right_answer. The pass mark is in attempt.rule."
    ),
}
