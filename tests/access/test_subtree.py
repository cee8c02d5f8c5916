"""Nobody gives or does anything beyond their own subtree (safety.md S41)."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.access.site import Change, Site
from tests.access.world import ELSEWHERE, NAMES

PERSON = {"full_name": "Tăng Thị Bình Bát", "birth": "1971", "sex": "nu", "another": "y"}
POST = {"role": "HGV", "first_day": "05/05/2026"}
WARDS = ("here", "elsewhere", "everywhere")
REGISTER = {"person", "assignment", "person_merge", "roster_import", "roster_row", "roster_confirmation", "unit"}


def written(site: Site, *tables: str) -> set[Change]:
    return {change for change in site.changes() if change.table in tables}


@pytest.mark.parametrize("unit", ["unit_id", "hamlet_id"])
@pytest.mark.attack("S41")
def test_a_manager_adds_nobody_elsewhere(site: Site, unit: str) -> None:
    there = {"unit": str(getattr(site.world.elsewhere, unit))}
    for url in ("/nguoi/moi", f"/nguoi/{site.world.here.people[0]}/chuc-danh"):
        answer = site.ask("here", "POST", url, PERSON | POST | there)
        assert answer.status in (403, 404, 422), f"{answer.status} at {url}"
        assert not written(site, *REGISTER)


@pytest.mark.attack("S41")
def test_a_manager_takes_nobody_over(site: Site) -> None:
    """A post here for somebody of the other ward would open their history."""
    other, here = site.world.elsewhere, {"unit": str(site.world.here.hamlet_id)}
    for url, data in (
        (f"/nguoi/{other.people[0]}/chuc-danh", POST | here),
        (f"/nguoi/{other.people[0]}/sua", PERSON),
        (f"/nguoi/{other.people[0]}/gop", {"vao": str(site.world.here.people[0])}),
        (f"/nguoi/{site.world.here.people[0]}/gop", {"vao": str(other.people[0])}),
        (f"/nguoi/{other.people[4]}/tach", {}),
        (f"/nguoi/{other.people[2]}/da-xu-ly", {}),
        (f"/chuc-danh/{other.posts[0]}/nghi", {"last_day": "01/06/2026"}),
        (f"/chuc-danh/{other.posts[0]}/sua", {"first_day": "01/02/2026", "last_day": ""}),
        (f"/chuc-danh/{other.posts[0]}/go", {}),
        (f"/danh-sach/{site.world.here.staged}/nghi/{other.posts[0]}", {"ngay": "01/06/2026"}),
        (f"/danh-sach/{other.staged}/nghi/{site.world.here.posts[0]}", {"ngay": "01/06/2026"}),
        (f"/danh-sach/{other.staged}/ghi-vao-so", {}),
        (f"/danh-sach/{other.confirmed}/hoan-tac", {"giu": "1"}),
        (f"/giay-chung-nhan/{other.learner.code}/thu-hoi", {"why": "Cấp nhầm"}),
        (f"/quan-tri/tai-khoan/{other.learner.account_id}/ma-pin", {}),
        (f"/quan-tri/tai-khoan/{other.learner.account_id}/the", {}),
        (f"/quan-tri/tai-khoan/{other.learner.account_id}/so-dien-thoai", {"phone": ""}),
    ):
        answer = site.ask("here", "POST", url, data)
        assert answer.status in (403, 404), f"{answer.status} at {url}"
        assert not site.changes(), url


@pytest.mark.attack("S41")
def test_a_manager_makes_no_cards_for_the_other_ward(site: Site) -> None:
    other = site.world.elsewhere.people
    answer = site.ask(
        "here", "POST", "/the-dang-nhap/in", {"nguoi": [str(one) for one in other], "ask_phone": "0900000001"}
    )
    assert answer.status in (302, 303, 403, 404)
    assert not written(site, "account")


@pytest.mark.attack("S41")
def test_a_manager_brings_no_list_for_the_other_ward(site: Site) -> None:
    rows = "STT,Họ và tên,Chức danh\n1,Mã Thị Bồn Bồn,CTV DS\n".encode()
    data = {"file": (io.BytesIO(rows), "moi.csv"), "unit": str(site.world.elsewhere.unit_id), "list_date": "01/05/2026"}
    answer = site.ask("here", "POST", "/danh-sach/moi", data)
    assert answer.status in (403, 422)
    assert not written(site, *REGISTER)


@pytest.mark.attack("S41")
def test_a_row_that_names_the_other_ward_stays_out_of_it(site: Site) -> None:
    place = "Khóm 4 phường Hòa Thuận"
    rows = f"STT,Họ và tên,Năm sinh,Khóm,Chức danh\n1,Mã Thị Bồn Bồn,1970,{place},CTV DS\n".encode()
    data = {"file": (io.BytesIO(rows), "moi.csv"), "unit": str(site.world.here.unit_id), "list_date": "01/05/2026"}
    page = site.ask("here", "POST", "/danh-sach/moi", data)
    assert page.status == 303
    site.ask("here", "POST", f"{page.location.partition('?')[0]}/ghi-vao-so")
    foreign = (site.world.elsewhere.unit_id, site.world.elsewhere.hamlet_id)
    marks = ", ".join("?" * len(foreign))
    query = f"SELECT person_id FROM assignment WHERE unit_id IN ({marks}) AND superseded_at IS NULL"
    posts = {row[0] for row in site.live.execute(query, foreign)}
    assert posts == set(site.world.elsewhere.people)


def test_a_manager_vouches_for_no_other_list(site: Site) -> None:
    answer = site.ask(
        "here",
        "POST",
        "/danh-sach/xac-nhan",
        {"noi": str(site.world.elsewhere.unit_id), "nguoi": "4", "ngay": "01/05/2026", "nganh": ""},
    )
    assert answer.status == 403
    assert not site.changes()


def given(site: Site, actor: str, where: str, capability: str, account: str) -> tuple[int, set[Change]]:
    unit: Any = {"everywhere": ""}.get(where) if where == "everywhere" else getattr(site.world, where).unit_id
    url = f"/quan-tri/tai-khoan/{site.world.accounts[account]}/quyen"
    answer = site.ask(actor, "POST", url, {"capability": capability, "unit": str(unit), "line": ""})
    return answer.status, written(site, "account_grant")


@pytest.mark.parametrize("where", WARDS)
@pytest.mark.parametrize("capability", ["manager", "administrator"])
@pytest.mark.attack("S41")
def test_a_manager_gives_no_rights(site: Site, where: str, capability: str) -> None:
    for account in ("here", "trainer"):
        status, changed = given(site, "here", where, capability, account)
        assert status == 403
        assert not changed


@pytest.mark.parametrize("where", ["elsewhere", "everywhere"])
@pytest.mark.parametrize("account", ["ward_administrator", "trainer", "elsewhere"])
@pytest.mark.attack("S41")
def test_an_administrator_of_a_ward_gives_nothing_beyond_it(site: Site, where: str, account: str) -> None:
    status, changed = given(site, "ward_administrator", where, "manager", account)
    assert status in (403, 404, 422)
    assert not changed


def test_an_administrator_of_a_ward_gives_rights_in_it(site: Site) -> None:
    """The other way round, so that the refusals above are not those of a broken form."""
    status, changed = given(site, "ward_administrator", "here", "inspector", "trainer")
    assert status == 303
    assert changed


@pytest.mark.parametrize("account", ["administrator", "elsewhere", "inspector"])
@pytest.mark.parametrize("verb", ["ma-pin", "the", "so-dien-thoai", "dang-xuat", "dong", "mo-lai"])
@pytest.mark.attack("S41")
def test_who_has_rights_beyond_is_not_served_by_a_ward(site: Site, account: str, verb: str) -> None:
    """Whoever could renew the PIN of such an account would sign in with its rights."""
    url = f"/quan-tri/tai-khoan/{site.world.accounts[account]}/{verb}"
    for actor in ("here", "ward_administrator"):
        answer = site.ask(actor, "POST", url, {"phone": ""})
        assert answer.status in (403, 404), f"{answer.status} for {actor}"
        assert not site.changes()


def test_a_manager_serves_no_account_with_rights_in_the_same_ward(site: Site) -> None:
    for account in ("here", "trainer", "organiser", "ward_administrator"):
        answer = site.ask("here", "POST", f"/quan-tri/tai-khoan/{site.world.accounts[account]}/ma-pin")
        assert answer.status == 404
    assert not site.changes()


def test_a_trainer_decides_only_on_what_learners_of_the_own_area_sent(site: Site) -> None:
    other = site.world.elsewhere.learner.quarantined
    page = site.ask("trainer", "GET", "/bai-cho-xu-ly")
    assert site.world.here.learner.quarantined in page.words
    assert other not in page.words
    for method in ("GET", "POST"):
        answer = site.ask(
            "trainer", method, f"/bai-cho-xu-ly/{other}", {"decision": "keep"} if method == "POST" else None
        )
        assert answer.status == 404
    assert not site.changes()


@pytest.mark.attack("S41")
def test_a_name_of_the_other_ward_finds_nobody(site: Site) -> None:
    """Neither where somebody is added nor where two are merged: what one may not see is not offered."""
    stranger = NAMES[ELSEWHERE][0]
    new = site.ask(
        "here",
        "POST",
        "/nguoi/moi",
        {"full_name": stranger, "birth": "1960", **POST, "unit": str(site.world.here.hamlet_id)},
    )
    assert f"/nguoi/{site.world.elsewhere.people[0]}" not in new.words
    merging = site.ask("here", "GET", f"/nguoi/{site.world.here.people[0]}/gop", query_string={"tim": stranger})
    assert f'value="{site.world.elsewhere.people[0]}"' not in merging.words
