# Lớp học phường. `make` alone lists what can be made.
SHELL := /bin/bash
PY := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help demo test test-fast faults check bench bundle shots translations lock catalogues contract guards compiled

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: .venv/run.done catalogues ## the whole site with invented people on http://127.0.0.1:8000 (options: ARGS="--port 8001")
	@.venv/bin/lms demo $(ARGS)

test: .venv/dev.done catalogues compiled ## the whole suite; says plainly what it left out
	@$(PY) -m pytest -n 2 $(ARGS)

test-fast: .venv/dev.done catalogues compiled ## the suite without the browser
	@$(PY) -m pytest -n 2 -m "not browser" $(ARGS)

faults: .venv/dev.done catalogues ## the long run of every test that has one: faults, loads, API, records, bundle (hours; figures into build/figures.jsonl)
	@LMS_LONG=1 $(PY) -m pytest -m long $(ARGS)

check: .venv/dev.done ## style, types, direction of imports, templates, catalogues
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports --config setup.cfg
	@.venv/bin/djlint lms --lint --quiet
	@$(PY) tools/catalogues.py check

bench: .venv/dev.done ## measure against the bars (NAMES="coverage", all without; ARGS="--full" for the size of the bars)
	@$(PY) -m benchmarks $(or $(NAMES),--all) $(ARGS)

shots: .venv/dev.done catalogues ## pictures of every screen, phone and desktop, into shots/
	@$(PY) -m tools.shots $(ARGS)

guards: .venv/dev.done catalogues ## take each guard away in a copy: does a test notice? (half an hour; NAMES="visits-end", all without)
	@$(PY) -m tools.guards $(NAMES) $(ARGS)

bundle: .venv/dev.done catalogues ## one tar in dist/ from which a machine without internet installs and upgrades
	@$(PY) -m tools.bundle

contract: .venv/dev.done ## docs/test-contract.json anew: what scripts may rely on
	@$(PY) -m tools.contract

translations: .venv/dev.done ## bring the catalogues up to date with the texts in code and templates
	@$(PY) tools/catalogues.py update

compiled: .venv/run.done
	@$(PY) -m compileall -q lms tests

catalogues: .venv/run.done
	@$(PY) tools/catalogues.py compile

lock: .venv/dev.done ## resolve the dependencies of setup.cfg anew, with hashes
	@.venv/bin/uv pip compile setup.cfg --extra postgres --extra redis --extra s3 --generate-hashes --universal --python-version 3.11 -q -o requirements/run.txt
	@.venv/bin/uv pip compile setup.cfg --all-extras --generate-hashes --universal --python-version 3.11 -q -o requirements/dev.txt

.venv/run.done: requirements/run.txt setup.cfg
	@tools/setup.sh requirements/run.txt && touch $@

.venv/dev.done: requirements/dev.txt setup.cfg
	@tools/setup.sh requirements/dev.txt && touch $@ .venv/run.done
