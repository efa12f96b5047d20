# make run    start Entrepot with everything it needs, and a demo enterprise
# make test   run the whole test suite; ARGS="-k order" runs a part
PYTHON ?= python3

.PHONY: run setup test check lock docs sql-counts reference clean
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

# the counts of SQL statements that the tests hold lists, pages and writes to
sql-counts:
	@$(PYTHON) tools/setup.py test
	@rm -f bench/sql_counts.json
	@ENTREPOT_WRITE_SQL_COUNTS=1 .venv/bin/python tools/run_tests.py

# the pages of docs/reference
reference:
	@$(PYTHON) tools/setup.py test
	@.venv/bin/python tools/reference.py

clean:
	@echo "This removes .venv, node_modules and copied front-end files; var/ with your data stays."
	rm -rf .venv node_modules storefront/static/vendor site
