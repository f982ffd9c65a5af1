# The two commands: `make run` shows what the software does, `make test` proves that it does it.
# Everything else here is a part of one of them, or takes too long for every day.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
# Where cargo builds: what the environment says, and this folder's own where it says nothing.
export CARGO_TARGET_DIR := $(abspath $(or $(CARGO_TARGET_DIR),target))
PII := $(CARGO_TARGET_DIR)/release/pii

# How long `make fuzz` gives each target, in seconds, and which ones it takes: `make fuzz FUZZ_SECONDS=3600 FUZZ_TARGETS=json`.
FUZZ_SECONDS ?= 300
FUZZ_TARGETS ?= $(notdir $(basename $(wildcard fuzz/fuzz_targets/*.rs)))

# The most that one line may take, in milliseconds of CPU time: several times what it takes, because machines differ.
START_UP_MS ?= 25

# What is built only where it is wanted, and tested always: a Vault or a database behind TLS, a hardware security module. Every test has
# the same features and the whole workspace, or the crates would be built once more.
KEY_FEATURES := --features pii-keys/tls,pii-keys/pkcs11,pii-store/tls

.PHONY: run test help build tools lint unit accuracy memory start-up doc fuzz fuzz-short long soak bench proxy-bench peers deb clean

help: ## Lists the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: build ## Builds `pii` and `pii-proxy`, masks the examples and sends messages through the proxy, showing before and after; on a terminal a page stays to look at
	@examples/run.sh $(PII)
	@$(dir $(PII))pii-proxy demo

# What is tested is built without link-time optimisation, which takes minutes and changes nothing but the speed.
test: export CARGO_PROFILE_RELEASE_LTO := off
test: tools lint unit fuzz-short accuracy memory start-up doc ## Installs what the tests need and runs everything

build: ## Builds the `pii` command and the proxy
	cargo build --release --locked -p pii-cli -p pii-proxy

tools: ## Installs what the tests need and is missing
	@scripts/tools.sh

lint: ## Formatting, clippy, licences
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked $(KEY_FEATURES) -- -D warnings
	cargo clippy -p pii-keys -p pii-flow --locked -- -D warnings
	cargo deny --locked check bans licenses sources

unit: build ## Unit, property and documentation tests, with a security module in software
	PII_BIN=$(PII) cargo test --workspace --locked $(KEY_FEATURES)

accuracy: build ## What is missed and what is wrongly touched, on messages made from seeds
	PII_BIN=$(PII) scripts/accuracy.sh

memory: build ## Memory and exactness on large files
	PII_BIN=$(PII) scripts/memory.sh

start-up: build ## How long one line takes from the start of the program on, in CPU time (START_UP_MS, the most it may be)
	PII_BIN=$(PII) scripts/start-up.sh $(START_UP_MS)

fuzz-short: ## A few thousand inputs made from seeds for every fuzz target, the same ones every time
	FUZZ_ROUNDS=$${FUZZ_ROUNDS:-1000} cargo test --workspace --locked $(KEY_FEATURES) --test replay

fuzz: ## libFuzzer on every target, by hand: minutes each (FUZZ_SECONDS, FUZZ_TARGETS)
	@FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/fuzz.sh $(FUZZ_TARGETS)

long: ## The long checks, up to an hour: ciphers beside Bouncy Castle, a million values of each length; thousands of writers killed (not part of `make test`)
	scripts/bouncy-castle.sh
	cargo test --release --locked -p pii-core --test fpe -- --ignored
	cargo test --release --locked -p pii-store --test ledger_kill -- --ignored --nocapture sqlite_keeps
	cargo test --release --locked -p pii-store --test ledger_figures -- --ignored --nocapture --test-threads 1
	cargo test --release --locked -p pii-proxy --test leak_matrix -- --ignored

soak: build ## A million messages at twice the stated peak while things go wrong, some 15 minutes (SOAK_MESSAGES, SOAK_PEAK; a few thousand are in `make test`)
	PII_BIN=$(PII) SOAK_MESSAGES=$(or $(SOAK_MESSAGES),1000000) SOAK_PEAK=$(or $(SOAK_PEAK),600) \
		cargo test --workspace --locked $(KEY_FEATURES) --test soak -- --nocapture

bench: ## How fast every suite, format, stage and check is, each with its answers checked (not part of `make test`)
	cargo build --release --locked -p pii-benches --bins
	$(CARGO_TARGET_DIR)/release/formats --mb 1 --rounds $(or $(ROUNDS),3)
	$(CARGO_TARGET_DIR)/release/fpe --rounds $(or $(ROUNDS),7)
	$(CARGO_TARGET_DIR)/release/consent --rounds $(or $(ROUNDS),3)
	$(CARGO_TARGET_DIR)/release/trail --rounds $(or $(ROUNDS),3)
	$(CARGO_TARGET_DIR)/release/stages --mb $(or $(MB),4) --rounds $(or $(ROUNDS),3)
	$(CARGO_TARGET_DIR)/release/engine --mb $(or $(MB),4) --rounds $(or $(ROUNDS),3)

proxy-bench: ## What a message costs on its way through the proxy, beside nginx and mitmproxy (not part of `make test`)
	@scripts/proxy-bench.sh $(CARGO_TARGET_DIR) --rounds $(or $(ROUNDS),5)

peers: ## How fast the engine is beside its peers (not part of `make test`)
	cargo run --release --locked -p pii-benches --features peers --bin peers -- --mb $(or $(MB),64) --rounds $(or $(ROUNDS),5)

deb: ## A Debian package of the proxy, in the folder that cargo builds in
	cargo build --release --locked -p pii-proxy
	@packaging/deb.sh $(CARGO_TARGET_DIR)/release/pii-proxy $(CARGO_TARGET_DIR)/debian

doc: ## Documentation without broken links
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked $(KEY_FEATURES)

clean: ## Removes what was built
	cargo clean
