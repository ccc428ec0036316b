# What you type and what CI types. `make help` lists it.

# Any Python from 3.11 on, to begin with; what the product runs on is in .python-version, and uv gets it if need be.
PYTHON ?= python3

# Bytecode is wanted by whatever is installed and started here: it halves a cold start.
unexport PYTHONDONTWRITEBYTECODE
unexport PYTHONPATH
unexport VIRTUAL_ENV
export SAM_CLI_TELEMETRY = 0
# `sam build` calls make for every artefact; nobody wants to read in which folder.
MAKEFLAGS += --no-print-directory

IN_VENV = .venv/bin/
SAM = .venv-sam/bin/sam
NEEDS = @$(PYTHON) local/environments.py

.DEFAULT_GOAL := help
.PHONY: help setup build local invoke demo test test-races conformance fuzz bench bench-scale check lint types imports template generated reference roles messages locks lock upgrade format gallery clean python

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: python ## make every environment, .venv with gatehouse in it first
	$(NEEDS) dev sam local runtime
	@echo "setup: everything is there; .venv/bin/gatehouse is the command"

# As the stack's parameter of that name: make build ARCHITECTURE=x86_64
ARCHITECTURE = arm64

build: python ## build the functions and the layer for AWS
	$(NEEDS) sam
	$(SAM) build --cached --parallel --parameter-overrides Architecture=$(ARCHITECTURE)

local: python ## keep the local stack up until Ctrl-C
	$(NEEDS) dev sam local
	@$(IN_VENV)python -m local.stack

invoke: python ## one built function alone, under Lambda's runtime: FUNCTION=pre_sign_up EVENT=events/…/….json
	$(NEEDS) dev sam runtime
	@$(IN_VENV)python -m local.invoke "$(FUNCTION)" "$(EVENT)"

demo: python ## the whole journey on a local stack of its own
	$(NEEDS) dev sam local
	@$(IN_VENV)python -m local.demo

test: python ## every test, those on the local stack included
	$(NEEDS) dev sam local runtime
	@$(IN_VENV)python -m pytest

test-races: python ## the races only, 200 rounds each
	$(NEEDS) dev sam local
	@GATEHOUSE_RACE_ROUNDS=200 $(IN_VENV)python -m pytest -m races

conformance: python ## every trigger source through the built functions, held against Cognito's contract
	$(NEEDS) dev sam local runtime
	@$(IN_VENV)python -m tests.conformance

# The first lines tell the seed; the same events again: make fuzz SEED=1764000000
fuzz: SEED = $(shell date +%s)
fuzz: python ## 10,000 mutated events for every trigger, others each time
	$(NEEDS) dev
	@GATEHOUSE_FUZZ_EXAMPLES=10000 GATEHOUSE_FUZZ_SEED=$(SEED) $(IN_VENV)python -m pytest tests/fuzz

# Fewer are a trial, which leaves the docs as they are: make bench ROUNDS=3
ROUNDS = 15

bench: python ## how fast the built functions start and answer, beside what others ship: a table
	$(NEEDS) dev sam local runtime
	@$(IN_VENV)python -m benchmarks --rounds "$(ROUNDS)"

# Fewer take less time and memory, and are a trial: make bench-scale INVITATIONS=20000
INVITATIONS = 1000000

bench-scale: python ## what every operation asks of a table with a million invitations: 10 minutes, 6 GB
	$(NEEDS) dev local
	@$(IN_VENV)python -m benchmarks.at_scale --invitations "$(INVITATIONS)"
	@$(IN_VENV)python -m benchmarks.scale

check: lint types imports template generated locks ## everything that needs no test to be wrong

lint: python
	$(NEEDS) dev
	$(IN_VENV)ruff format --check .
	$(IN_VENV)ruff check .
	$(IN_VENV)gatehouse message lint

types: python
	$(NEEDS) dev
	$(IN_VENV)mypy

imports: python
	$(NEEDS) dev
	$(IN_VENV)lint-imports

template: python
	$(NEEDS) sam
	env -u AWS_PROFILE AWS_DEFAULT_REGION=us-east-1 $(SAM) validate --lint

generated: python
	$(NEEDS) dev
	$(IN_VENV)python -m gatehouse_cli.roles --check
	$(IN_VENV)python -m gatehouse_cli.layouts --check
	$(IN_VENV)python -m gatehouse_cli.reference --check

reference: python ## write the generated pages under docs/
	$(NEEDS) dev
	$(IN_VENV)python -m gatehouse_cli.reference

roles: python ## put what roles.yaml says into the code and the pages, after a change of it
	$(NEEDS) dev
	$(IN_VENV)python -m gatehouse_cli.roles
	$(IN_VENV)python -m gatehouse_cli.reference

messages: python ## compile the layout of mails, after a change of its layout.mjml
	$(NEEDS) dev
	@$(IN_VENV)python -m gatehouse_cli.layouts

locks: python
	$(PYTHON) -m local.locks check

lock: python ## write the locks after a change of pyproject.toml
	@$(PYTHON) -m local.locks write

upgrade: python ## write the locks with the newest versions that pyproject.toml allows
	@$(PYTHON) -m local.locks upgrade

format: python ## format the code, and mend what can be mended
	$(NEEDS) dev
	$(IN_VENV)ruff format .
	$(IN_VENV)ruff check --fix .

gallery: python ## every message in every language as pictures, in docs/gallery: needs a Chromium
	$(NEEDS) dev browser
	@$(IN_VENV)python -m local.gallery

clean: ## remove what was built and cached; the environments stay
	rm -rf .aws-sam .local .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "make: Python 3.11 or newer is needed to begin, and '$(PYTHON)' is none;" \
	       "install one, or name it: make setup PYTHON=python3.13" >&2; exit 1; }
