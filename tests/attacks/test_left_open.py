"""What a machine leaves lying about: databases, keys, repositories, debuggers, sources."""

from __future__ import annotations

from pathlib import Path

import pytest
from werkzeug.middleware.shared_data import SharedDataMiddleware

from tests.access.site import Site

HERE = Path(__file__).parents[2]


OPEN = (
    *("/backup", "/backups/", "/backup.tar", "/lms.sqlite", "/instance/lms.sqlite", "/instance/lms.sqlite-wal"),
    *("/.git/config", "/.git/HEAD", "/.env", "/lms.env", "/instance/lms.env", "/.ci/run", "/.venv/pyvenv.cfg"),
    *("/static/../config.py", "/static/..%2f..%2fconfig.py", "/static/%2e%2e/%2e%2e/config.py", "/static//etc/passwd"),
    *("/files/", "/instance/files/", "/queue.sqlite", "/dump.sql", "/db.sqlite3", "/phpinfo.php", "/server-status"),
    *("/console", "/debug", "/_debug_toolbar/", "/admin", "/actuator/env", "/swagger.json", "/graphql", "/robots.txt~"),
    *("/metrics", "/static/js/app.js.map", "/static/look.css.map", "/setup.cfg", "/requirements.txt", "/mau/"),
)


def left_open(site: Site, path: str) -> list[str]:
    """Who is let in at the path: a stranger on the network, an administrator, or, as it should be, nobody."""
    return [actor for actor in ("nobody", "administrator") if _let_in(site, actor, path)]


def _let_in(site: Site, actor: str, path: str) -> bool:
    answer = site.ask(actor, "GET", path, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    refused = answer.status in (308, 401, 403, 404) or answer.to_sign_in
    return not refused or "SECRET" in answer.words or "SQLite format" in answer.words


@pytest.mark.attack("S53")
@pytest.mark.parametrize("path", OPEN)
def test_no_file_of_the_machine_is_served(site: Site, path: str) -> None:
    assert left_open(site, path) == []


@pytest.mark.attack("S53")
def test_a_folder_that_is_served_would_be_seen(site: Site) -> None:
    """The negative control: a server in front of the same site that hands out the folder above the program's."""
    inner, listed = site.app.wsgi_app, {f"/{name}": str(HERE / name) for name in ("setup.cfg", "requirements", "lms")}
    site.app.wsgi_app = SharedDataMiddleware(inner, listed)  # type: ignore[method-assign]
    try:
        open_now = [path for path in (*OPEN, "/lms/config.py", "/requirements/run.txt") if left_open(site, path)]
    finally:
        site.app.wsgi_app = inner  # type: ignore[method-assign]
    assert "/setup.cfg" in open_now and "/lms/config.py" in open_now and "/.env" not in open_now


@pytest.mark.attack("S53")
def test_no_debugger_answers(site: Site) -> None:
    for query in ("__debugger__=yes&cmd=resource&f=debugger.js", "__debugger__=yes&cmd=pinauth&pin=1&s=x", "debug=1"):
        answer = site.ask("nobody", "GET", f"/dang-nhap?{query}")
        assert answer.status == 200 and "debugger" not in answer.response.mimetype and "EVALEX" not in answer.words
    assert not site.app.debug


@pytest.mark.attack("S53")
def test_no_file_that_is_served_carries_its_source() -> None:
    served = [path for path in (HERE / "lms/web/static").rglob("*") if path.is_file()]
    assert served and not [
        path for path in served if path.suffix in (".map", ".py", ".bak", ".orig", ".swp", ".sqlite")
    ]
    texts = {path.name: path.read_text(encoding="utf-8") for path in served if path.suffix in (".js", ".css")}
    assert not [name for name, text in texts.items() if "sourceMappingURL=" in text]
