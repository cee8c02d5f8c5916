"""A stranger's script: it knows docs/test-contract.json and nothing else of the product. Standard library alone."""

from __future__ import annotations

import html
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPMessage
from http.cookiejar import CookieJar
from typing import Any

Step = dict[str, Any]
LONGEST_REPEAT = 200
TIMEOUT = 60


class WentWrong(AssertionError):
    """An answer that the contract does not call right."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: HTTPMessage
    body: str

    def part(self, name: str) -> str:
        return self.body if name == "body" else self.headers.get(name, "")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_given: Any, **_named: Any) -> None:
        return None


class Walker:
    """One browser. `kept`: what was given to it, and what it has kept on its way."""

    def __init__(self, contract: dict[str, Any], base_url: str, **given: Any) -> None:
        self.contract, self.base_url = contract, base_url
        self.kept: dict[str, Any] = given
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(cookies, _NoRedirects())

    def walk(self, journey: str, **given: Any) -> dict[str, Any]:
        """Walk one journey; returns all that is kept by now."""
        described = self.contract["journeys"][journey]
        self.kept |= given
        missing = [name for name in described["needs"] if name not in self.kept]
        if missing:
            raise WentWrong(f"{journey} needs {missing}")
        for step in described["steps"]:
            self._repeat(step["repeat"]) if "repeat" in step else self._expected(step, self.kept)
        return self.kept

    def ask(self, step: Step, values: dict[str, Any]) -> Answer:
        data, headers = _body(step, values)
        url = self.base_url + _filled(step["path"], values)
        request = urllib.request.Request(url, data, headers, method=step["method"])
        try:
            with self.opener.open(request, timeout=TIMEOUT) as response:
                return Answer(response.status, response.headers, _text(response))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, _text(error))

    def _expected(self, step: Step, values: dict[str, Any]) -> None:
        answer = self.ask(step, values)
        _require(step, answer)
        self.kept |= dict(_finds(step, answer))

    def _repeat(self, repeat: dict[str, Any]) -> None:
        """What is kept in a repeat becomes a list with an entry for each turn."""
        turns: dict[str, list[Any]] = {}
        for number in range(1, LONGEST_REPEAT):
            values = self.kept | {repeat["as"]: number}
            for place, step in enumerate(repeat["steps"]):
                answer = self.ask(step, values)
                if place == 0 and answer.status == repeat["until"]:
                    self.kept |= turns
                    return
                _require(step, answer)
                for name, found in _finds(step, answer):
                    turns.setdefault(name, []).append(found)
        raise WentWrong(f"no end of {repeat['steps'][0]['path']}")


def _require(step: Step, answer: Answer) -> None:
    if answer.status not in step["expect"]:
        raise WentWrong(f"{step['method']} {step['path']}: {answer.status} instead of {step['expect']}: {answer.body}")


def _finds(step: Step, answer: Answer) -> Iterator[tuple[str, Any]]:
    for name, how in step.get("keep", {}).items():
        found = re.search(how["pattern"], answer.part(how["from"]))
        if found is None:
            raise WentWrong(f"{step['method']} {step['path']} has no {name}")
        yield name, found[1]
    for name, how in step.get("keep_all", {}).items():
        yield name, re.findall(how["pattern"], answer.part(how["from"]))


def _body(step: Step, values: dict[str, Any]) -> tuple[bytes | None, dict[str, str]]:
    headers = dict(step.get("headers", {}))
    if "json" in step:
        return json.dumps(_filled(step["json"], values)).encode(), headers | {"Content-Type": "application/json"}
    if step["method"] == "GET":
        return None, headers
    return urllib.parse.urlencode(_filled(step.get("form", {}), values)).encode(), headers


def _filled(template: Any, values: dict[str, Any]) -> Any:
    if isinstance(template, dict):
        return {name: _filled(value, values) for name, value in template.items()}
    whole = re.fullmatch(r"\{(\w+)\}", template)
    if whole:
        return values[whole[1]]
    return re.sub(r"\{(\w+)\}", lambda found: str(values[found[1]]), template)


def _text(response: Any) -> str:
    return html.unescape(response.read().decode())
