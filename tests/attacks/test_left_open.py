"""What a machine leaves lying about: databases, keys, repositories, debuggers, sources."""

from __future__ import annotations

from pathlib import Path

import pytest

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


@pytest.mark.attack("S53")
@pytest.mark.parametrize("path", OPEN)
def test_no_file_of_the_machine_is_served(site: Site, path: str) -> None:
    """Not to a stranger on the network, and not to an administrator either."""
    for actor in ("nobody", "administrator"):
        answer = site.ask(actor, "GET", path, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
        assert answer.status in (303, 308, 401, 403, 404) and (answer.status != 303 or answer.to_sign_in), answer.status
        assert "SECRET" not in answer.words and "SQLite format" not in answer.words


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
