# `make run` opens the demonstration, `make test` proves the house. Both install what is missing (Debian, npm).
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
export CARGO_TARGET_DIR ?= $(HOME)/.cache/linli-target
DATA ?= data
LISTEN ?= 127.0.0.1:8311

.PHONY: fuzz fuzz-api scan run test fmt lint assets rust browser bench release deny

run:
	scripts/need run
	cargo run --locked -p linli -- demo --data $(DATA) --listen $(LISTEN)

test: fmt lint assets rust browser
	@echo "all green"

fmt:
	cargo fmt --all --check

lint:
	scripts/need build
	cargo clippy --locked --workspace --all-targets -- -D warnings

# The built assets are committed; this proves that they come from their sources.
assets:
	scripts/need web
	cd web && npm ci --no-audit --no-fund --silent && npm run --silent check && npm run --silent build
	git diff --exit-code -- crates/linli/assets
	test -z "$$(git status --porcelain -- crates/linli/assets)"

rust:
	scripts/need database
	scripts/with-postgres scripts/tests

browser:
	scripts/need browser
	cargo build --locked --workspace
	cd e2e && npm ci --no-audit --no-fund --silent
	scripts/with-postgres node e2e/run.mjs

# Ten minutes of what programs may send, and of what they may not, from six callers.
fuzz-api:
	cargo build --locked -p linli
	scripts/schemathesis

# What strangers may send, changed by a machine that learns: a minute for each reader.
fuzz:
	scripts/need build
	scripts/fuzz

# A web scanner goes through the demonstration as six people and attacks what it finds.
scan:
	cargo build --locked -p linli
	scripts/scan

release:
	cargo build --locked --release -p linli

bench:
	scripts/need database
	cargo build --locked --release -p linli -p linli-bench
	scripts/bench

deny:
	cargo deny check bans licenses sources
