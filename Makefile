# make run    start Entrepot with everything it needs, and a demo enterprise
# make test   run the whole test suite; ARGS="-k order" runs a part
PYTHON ?= python3

.PHONY: run setup test check lock docs clean
.DEFAULT_GOAL := run

run:
	@$(PYTHON) tools/setup.py run
	@exec .venv/bin/entrepot up

setup:
	@$(PYTHON) tools/setup.py test

test:
	@$(PYTHON) tools/setup.py test
	@.venv/bin/python tools/run_tests.py $(ARGS)

check:
	@$(PYTHON) tools/setup.py test
	@.venv/bin/python tools/checks.py

lock:
	@$(PYTHON) tools/setup.py test
	@.venv/bin/python tools/lock.py

docs:
	@$(PYTHON) tools/setup.py test
	@.venv/bin/mkdocs build --strict

clean:
	@echo "This removes .venv, node_modules and copied front-end files; var/ with your data stays."
	rm -rf .venv node_modules storefront/static/vendor site
