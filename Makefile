# Everything a person or CI does here. `make run` tries Slope out, `make test` is the whole gate.
PYTHON ?= python3
PORT ?= $(or $(SLOPE_PORT),8000)
BIN := .venv/bin
CODE := scoring models services api launch bench examples tests wsgi.py gunicorn.conf.py
ENGINE ?= $(if $(AGAINST),documentdb,embedded)
FAULT ?= kills
ROUNDS ?= 100
MUTANTS ?= '*7'

.PHONY: run test check pytest venv attack bench bench-delivery bench-desk bench-pages bench-replay bench-growth bench-scale speed chaos detection decline openapi examples node release lint format lock mutation clean

run: ## start the whole service, with demo data: make run PORT=8000
	@SLOPE_PORT=$(PORT) exec $(PYTHON) -m launch

test: check pytest ## everything CI runs, on the engine of SLOPE_TEST_DATABASE_URI or the embedded one

check: venv lint
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

pytest: venv
	$(BIN)/pytest -n 2 --dist loadfile

venv:
	@$(PYTHON) -m launch.environment requirements-dev.lock

lint: venv
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)

format: venv
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

openapi: venv ## write openapi.yaml from the code
	$(BIN)/flask --app wsgi openapi export openapi.yaml

examples: venv ## have the running service answer every operation, and keep the answers for the document
	$(BIN)/python -m tests.contract.record
	$(BIN)/flask --app wsgi openapi export openapi.yaml

node: ## install what checks the document and generates the TypeScript client
	cd tests/contract/lint && npm ci --no-progress
	cd examples/typescript && npm ci --no-progress

release: venv ## make openapi.yaml the released document: make release REASON="what is new"
	$(BIN)/python -m tests.contract.breaking $(REASON)

screens: venv ## take pictures of each page into docs/screens (needs Chromium)
	$(BIN)/python -m tests.browser.screens

decline: ## play a fast-falling patient against the service of `make run`
	@$(PYTHON) -m launch flask demo decline

# Ten minutes or so with another commit; SECONDS is the length of a window.
bench: venv ## rate and latency of the submit path: make bench ENGINE=embedded|documentdb|mongodb://... [AGAINST=commit PAIRS=12 SECONDS=10]
	$(BIN)/python -m bench.submit --engine "$(ENGINE)" $(if $(AGAINST),--against "$(AGAINST)") \
	  $(if $(PAIRS),--pairs $(PAIRS)) $(if $(SECONDS),--seconds $(SECONDS))

bench-replay: venv ## reports a second that a replay compares, with one worker and with two: make bench-replay [ENGINE=documentdb]
	$(BIN)/python -m bench.replay --engine "$(ENGINE)"

bench-pages: venv ## milliseconds and bytes of the clinic's pages, with 2,000 patients: ENGINE as above
	$(BIN)/python -m bench.pages --engine "$(or $(SLOPE_TEST_DATABASE_URI),$(ENGINE))"

bench-growth: venv ## bytes and CPU of one more report, by length of history: make bench-growth [ENGINE=documentdb]
	$(BIN)/python -m bench.growth --engine "$(ENGINE)"

bench-scale: venv ## rate, latency, bytes and memory by what is stored; drawn into docs: ENGINE=documentdb [STORED="10000 100000" PAIRS=5]
	$(BIN)/python -m bench.scale --engine "$(ENGINE)" --draw docs $(if $(STORED),--stored $(STORED)) $(if $(PAIRS),--pairs $(PAIRS))

bench-desk: venv ## rate and latency of a large site's worklist: make bench-desk ENGINE=documentdb
	$(BIN)/python -m bench.desk --engine "$(ENGINE)"

bench-delivery: venv ## messages a minute through the outbox, and from the report to the first mail: ENGINE as above
	$(BIN)/python -m bench.delivery --engine "$(or $(SLOPE_TEST_DATABASE_URI),$(ENGINE))"

speed: venv ## CPU time of scoring, of evaluating one more report, and of the command line on large files
	$(BIN)/python -m bench.scoring
	$(BIN)/python -m bench.evaluation
	$(BIN)/python -m bench.command_line

attack: venv ## what 8 honest phones notice of attacks: make attack [ENGINE=...] [SECONDS=20], the length of each
	$(BIN)/python -m bench.attack --engine "$(ENGINE)" $(if $(SECONDS),--seconds $(SECONDS))

chaos: venv ## faults under load, and a look for losses: make chaos FAULT=kills|all|<name> ROUNDS=10 [ENGINE=documentdb]
	$(BIN)/python -m bench.chaos --engine "$(ENGINE)" --fault "$(FAULT)" --rounds $(ROUNDS)

detection: venv ## operating characteristics of the decline rules
	$(BIN)/python -m bench.detection

lock: venv ## compile the lock files from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	  --no-header --no-annotate -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group dev -c requirements.lock --universal --python-version 3.11 \
	  --generate-hashes --no-strip-extras --no-header --no-annotate -q -o requirements-dev.lock

mutation: venv ## change the scoring rules in small ways and list the changes no test notices (MUTANTS='*' is all)
	CI=1 nice $(BIN)/mutmut run --max-children 2 $(MUTANTS)
	$(BIN)/mutmut results

clean: ## delete what was made; var/ holds the data of `make run` and is kept
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis mutants
