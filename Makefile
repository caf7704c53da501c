# One verb a line; the work is done by the modules of dev/.
PY = .venv/bin/python
.DEFAULT_GOAL = help
.PHONY: help setup demo demo-reset run test check format openapi smoke bench drill lock

help:        ## what can be done
	@sed -n 's/^\([a-z-]*\): .*## /  make \1	/p' Makefile | expand -t 20
setup:       ## make the environment from the hash-pinned lock
	@sh dev/bootstrap.sh
demo: setup  ## run everything, with data to look at (PORT=8000)
	@exec $(PY) -m dev.demo
demo-reset: setup ## remove the demo's data, log-ins and mail
	@$(PY) -m dev.demo --reset
run: setup   ## run a manage.py command in the demo: make run CMD="import_statement FILE"
	@exec $(PY) -m dev.shell $(CMD)
test: setup  ## everything: the checks, then the tests, on a throw-away cluster
	@exec $(PY) -m dev.test
check: setup ## style, types, contracts, migrations, deployment and API document
	@exec $(PY) -m dev.check
format: setup ## put the code into shape
	@$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format --quiet .
openapi: setup ## write openapi/v1.yaml anew
	@exec $(PY) -m dev.check --write-openapi
smoke: setup ## the demo without a terminal: start, transfer, e-mail, stop
	@exec $(PY) -m dev.smoke
bench: setup ## measure how fast it is (SIZE=full: ten million entries)
	@exec $(PY) -m bench
drill: setup ## faults on purpose; the measured table is kept
	@exec $(PY) -m pytest tests/drills
lock: setup  ## pin every dependency anew (LOCK=--upgrade for newer versions)
	@exec $(PY) -m dev.lock $(LOCK)
