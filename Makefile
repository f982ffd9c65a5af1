# The two commands: `make run` shows what the software does, `make test` proves that it does it.
# Everything else here is a part of one of them, or takes too long for every day.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
PII := target/release/pii

.PHONY: run test help build tools lint unit accuracy memory peers doc clean

help: ## Lists the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: build ## Builds `pii` and masks the examples, showing before and after
	@examples/run.sh $(PII)

test: tools lint unit accuracy memory doc ## Installs what the tests need and runs everything

build: ## Builds the `pii` command
	cargo build --release --locked -p pii-cli

tools: ## Installs what the tests need and is missing
	@scripts/tools.sh

lint: ## Formatting, clippy, licences
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo deny --locked check bans licenses sources

unit: build ## Unit, property and documentation tests
	PII_BIN=$(CURDIR)/$(PII) cargo test --workspace --locked

accuracy: build ## What is missed and what is wrongly touched, on messages made from seeds
	PII_BIN=$(CURDIR)/$(PII) scripts/accuracy.sh

memory: build ## Memory and exactness on large files
	PII_BIN=$(CURDIR)/$(PII) scripts/memory.sh

peers: ## How fast the engine is beside its peers (not part of `make test`)
	cargo run --release --locked -p pii-benches --features peers --bin peers -- --mb $(or $(MB),64) --rounds $(or $(ROUNDS),5)

doc: ## Documentation without broken links
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

clean: ## Removes what was built
	cargo clean
