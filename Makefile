# One binary, one profile: demo, tests and benches share target/release.
SHELL := /bin/bash
.DEFAULT_GOAL := help

ANJU := target/release/anju
ASSETS := ui/dist/manifest.json
ASSET_INPUTS := $(wildcard ui/build.mjs ui/package.json ui/package-lock.json) $(shell find ui/styles ui/scripts -type f 2>/dev/null)

.PHONY: help assets build demo test bench shots docs

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(ASSETS): $(ASSET_INPUTS)
	@scripts/need.sh node
	cd ui && npm ci --ignore-scripts --no-audit --no-fund && node build.mjs

assets: $(ASSETS) ## style sheet and scripts of the pages, from exact pins, into ui/dist

build: assets ## the binary, target/release/anju
	@scripts/need.sh rust
	cargo build --release --locked --bin anju

demo: build ## build the demo county and serve it at http://127.0.0.1:8080
	$(ANJU) demo

test: ## everything that must hold; what CI runs
	scripts/test.sh

bench: build ## time and memory beside the peers, in one run
	benches/run.sh

shots: build ## a picture of every page, two sizes, two languages, into shots/
	@scripts/need.sh node browser
	cd e2e && npm ci --ignore-scripts --no-audit --no-fund && node shots.mjs

docs: build ## docs/reference from the packs
	$(ANJU) pack doc
