"""Screens that an address alone opens, by who looks. Those that need steps are in walks.py."""

from __future__ import annotations

SCREENS: dict[str | None, dict[str, str]] = {
    None: {
        "sign-in": "/dang-nhap",
        "check": "/c",
        "check-unknown": "/c/0000-0000-0000-0000",
        "guide": "/huong-dan",
        "privacy": "/quyen-rieng-tu",
        "card-dead": "/the/khong-co",
        "not-found": "/khong-co-trang-nay",
    },
    "learner": {
        "home": "/viec-cua-toi",
        "course": "/khoa-hoc/k1",
        "module": "/khoa-hoc/k1/phan/1",
        "notes": "/khoa-hoc/k1/phan/1/ghi-nho",
        "lesson": "/khoa-hoc/k1/bai/3",
        "lesson-last": "/khoa-hoc/k1/bai/19",
        "quiz-intro": "/khoa-hoc/k1/kiem-tra",
        "records": "/ho-so",
        "account": "/tai-khoan",
        "phone-number": "/tai-khoan/so-dien-thoai",
        "pin": "/ma-pin",
        "forbidden": "/ty-le",
    },
    "manager": {
        "coverage": "/ty-le",
        "coverage-people": "/ty-le/nguoi?tt=missing",
        "coverage-trained": "/ty-le/nguoi?tt=trained",
        "people": "/nguoi",
        "people-none": "/nguoi?q=khong-ai-ten-nay",
        "person-new": "/nguoi/moi",
        "imports": "/danh-sach",
        "import-new": "/danh-sach/moi",
        "list-confirm": "/danh-sach/xac-nhan",
        "cards": "/the-dang-nhap",
        "accounts-manager": "/quan-tri/tai-khoan",
        "units": "/dia-ban",
        "register": "/so-cap-giay",
    },
    "organiser": {"organiser": "/", "organiser-people": "/nguoi"},
    "inspector": {"inspector-coverage": "/ty-le", "inspector-list": "/danh-sach/xac-nhan"},
    "trainer": {
        "authoring": "/soan-bai",
        "outline": "/soan-bai/k1",
        "edition": "/soan-bai/k1/ban/1",
        "statistics": "/soan-bai/k1/thong-ke",
        "quarantine": "/bai-cho-xu-ly",
    },
    "administrator": {
        "accounts": "/quan-tri/tai-khoan",
        "account-new": "/quan-tri/tai-khoan/moi",
    },
}
