# make demo          a moving avatar: no camera, no download beside the packages
# make test          everything that must hold: style, types, tests
# make check-style   style and types only
# make soak          the long runs: floods, mutants and hours, in fast motion
# make samples       draw and make the samples and docs/demo.gif anew, after a change of what makes them
# make clean         remove what the others have made
#
# The first call sets up .venv (tools/setup.sh); it is renewed when pyproject.toml changes.
# PYTHON3=python3.12 picks another Python; ARGS="..." is handed on to the program or to pytest.

PYTHON3 ?= python3
VENV := .venv
READY := $(VENV)/.ready-$(shell cat pyproject.toml tools/setup.sh | cksum | tr -d ' ')

.PHONY: demo test check-style soak samples clean

demo: $(READY)
	$(VENV)/bin/cartoonalive demo $(ARGS)

test: check-style
	$(VENV)/bin/python -m pytest -q -n auto --dist worksteal $(ARGS)

check-style: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

soak: $(READY)
	$(VENV)/bin/python -m pytest -q -m soak $(ARGS)

samples: $(READY)
	$(VENV)/bin/python tools/make_samples.py

$(READY):
	PYTHON3=$(PYTHON3) bash tools/setup.sh $(VENV)
	@rm -f $(VENV)/.ready-* && touch $@

clean:
	rm -rf $(VENV) build dist cartoonalive-demo .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
