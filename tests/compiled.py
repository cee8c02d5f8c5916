"""What every application compiles alike, compiled once per process: each test has an application of its own."""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

_BUILDERS: dict[tuple[str, str, bool], Callable[..., tuple[str, str]]] = {}


class _Templates(BytecodeCache):
    def __init__(self) -> None:
        self.code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self.code[bucket.key, bucket.checksum] = bucket.code


class _Address(Rule):
    """The function that writes an address depends on what stands here in the key, and finds the rest in its rule."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.rule, repr(self.defaults), append_unknown)
        if key not in _BUILDERS:
            _BUILDERS[key] = super()._compile_builder(append_unknown)
        return _BUILDERS[key]


_TEMPLATES = _Templates()


def share_addresses() -> None:
    """From now on."""
    Flask.url_rule_class = _Address


def share_templates(app: Flask) -> None:
    """Of an application that has drawn nothing yet."""
    app.jinja_env.bytecode_cache = _TEMPLATES
