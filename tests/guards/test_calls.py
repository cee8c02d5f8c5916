"""S56, S61, S28: nothing in lms/ runs what it was given: no code, no shell, no template made of a value."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tools.guards.reading import ROOT

FORBIDDEN = {
    "eval", "exec", "compile", "__import__",
    "pickle.load", "pickle.loads", "pickle.Unpickler", "marshal.load", "marshal.loads", "shelve.open",
    "yaml.load", "yaml.load_all", "yaml.unsafe_load", "yaml.full_load",
    "os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput",
    "render_template_string", "flask.render_template_string",
}  # fmt: skip
# Where one of them is right, and why.
ALLOWED = {
    ("lms/courses/documents.py", "yaml.load"): "with a SafeLoader of its own",
    ("lms/sheets/apart.py", "pickle.loads"): "in the reading process, of what its parent sent",
    ("lms/sheets/apart.py", "pickle.Unpickler"): "takes nothing but the classes of a workbook",
}


def forbidden(text: str) -> Iterator[str]:
    """Names of this module's calls and base classes that run what they are given."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            yield from _of_call(node)
        if isinstance(node, ast.ClassDef):
            yield from FORBIDDEN.intersection(ast.unparse(base) for base in node.bases)
        if isinstance(node, ast.ImportFrom):
            yield from FORBIDDEN.intersection(f"{node.module}.{alias.name}" for alias in node.names)


def _of_call(call: ast.Call) -> Iterator[str]:
    name = ast.unparse(call.func)
    if name in FORBIDDEN:
        yield name
    if any(word.arg == "shell" and ast.unparse(word.value) != "False" for word in call.keywords):
        yield f"{name}(shell=…)"


@pytest.mark.attack("S56")
@pytest.mark.attack("S61")
@pytest.mark.attack("S28")
def test_nothing_runs_what_it_was_given() -> None:
    modules = sorted((ROOT / "lms").rglob("*.py"))
    assert len(modules) > 200
    found = {
        (module.relative_to(ROOT).as_posix(), name)
        for module in modules
        for name in forbidden(module.read_text(encoding="utf-8"))
    }
    assert found == set(ALLOWED)


@pytest.mark.parametrize(
    "line",
    [
        "eval(text)",
        "value = yaml.load(text, Loader=yaml.Loader)",
        "pickle.loads(data)",
        "from pickle import loads",
        "class Reader(pickle.Unpickler): pass",
        "subprocess.run(command, shell=True)",
        "subprocess.Popen(command, shell=chosen)",
        "os.system('ls ' + name)",
        "flask.render_template_string(text)",
    ],
)
def test_each_of_them_would_be_seen(line: str) -> None:
    assert list(forbidden(line))


@pytest.mark.parametrize("line", ["yaml.safe_load(text)", "subprocess.run([name], shell=False)", "re.compile(text)"])
def test_what_is_safe_is_not_mistaken_for_it(line: str) -> None:
    assert not list(forbidden(line))
