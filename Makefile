# Purser's errands. A fresh clone on Debian with Go, Node.js, npm, git and make needs nothing else (without the tests no Node.js and
# npm either): what a target lacks it installs, the programs from Debian (Chromium, gcc, sqlite3, curl, nginx, caddy, apache2, wrk, rpm), the
# rest below this folder.

GO            ?= go
ADDR          ?= 127.0.0.1:8080
PACKAGES      ?= ./...
GOLANGCI      := v2.15.0
GOVULNCHECK   := v1.9.0
CYCLONEDX     := v1.10.0
DIST          ?= dist
VERSION       := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
BIN           ?= bin/purser
TOOLS         := $(CURDIR)/.tools
BROWSER_TOOLS := e2e/node_modules/.package-lock.json
LIGHTHOUSE_TOOLS := e2e/lighthouse/node_modules/.package-lock.json
CONTRACT_TOOLS := internal/m365sim/contract/node_modules/.package-lock.json

# How Purser is built to be delivered. All that needs no race detector is built like that, so that a fresh clone compiles it once.
# What .ci/lean lists is compiled without inlining: it is a tenth of the program (docs/decisions/0021-size.md).
# The linker's flags stand in .ci/link, and what libraries leave out when they are asked in .ci/tags.
LEAN          := $(foreach module,$(shell cat .ci/lean),-gcflags=$(module)/...=-l) -tags=$(shell cat .ci/tags)
# Two libraries are delivered as copies that let the linker leave out what nobody calls; .ci/lighter makes them.
LIGHTER       := $(TOOLS:$(CURDIR)/%=%)/lighter/go.mod
DELIVERED      = CGO_ENABLED=0 GOFLAGS='$(strip $(shell $(GO) env GOFLAGS) -trimpath $(LEAN))'

# The race detector is for our code, and sees what Go keeps. SQLite and its C library are translated from C and keep their own
# memory, where it looks a thousand times and sees nothing: they would take most of the time of all tests.
RACE          := -race $(foreach room,modernc.org/sqlite/lib modernc.org/libc/... modernc.org/memory,-gcflags=$(room)=-race=false)

.DEFAULT_GOAL := help

.PHONY: run
run: build ## Run the demo on http://127.0.0.1:8080 (another address: ADDR=…)
	@exec $(BIN) demo --addr $(ADDR)

.PHONY: dev
dev: ## Run the demo, renew pages and restart at each change; open http://127.0.0.1:7331
	$(GO) tool templ generate --watch --proxy="http://$(ADDR)" --open-browser=false --cmd="$(GO) run ./cmd/purser demo --addr $(ADDR)"

.PHONY: generate
generate: ## Renew *_templ.go after a change in a .templ file
	$(GO) tool templ generate

# Always from this folder: the paths that templ writes into its files depend on where it runs.
.PHONY: generated
generated:
	@$(DELIVERED) $(GO) tool templ generate -check -keep-orphaned-files -log-level error || \
		{ echo 'Generated files are out of date: run `make generate` and commit the outcome.' >&2; exit 1; }

.PHONY: test
test: programs lighter $(BROWSER_TOOLS) generated ## Run all tests, the browser's too; install what they lack (some: PACKAGES=./web/...)
	$(DELIVERED) $(GO) vet $(PACKAGES)
	$(GO) test $(RACE) -vet=off -p 2 -timeout 40m $(PACKAGES)
	$(if $(filter ./...,$(PACKAGES)),$(DELIVERED) $(GO) test -C internal/m365sim/contract -count=1 ./...)

.PHONY: contract
contract: $(CONTRACT_TOOLS) ## Sign in to the simulator with Microsoft's clients for Node.js too, which take minutes to install
	$(GO) test -C internal/m365sim/contract -tags node -count=1 -timeout 20m .

.PHONY: litestream
litestream: ## Copy a database with Litestream beside Purser, and restore the copy (makes Litestream first, which takes minutes)
	$(GO) test -tags litestream -count=1 -timeout 40m -run Litestream ./internal/backup

.PHONY: lint
lint: $(TOOLS)/golangci-lint-$(GOLANGCI) $(if $(VULNDB),vuln) ## Look for doubtful code (with VULNDB=… for known holes too)
	$< run $(PACKAGES)

.PHONY: vuln
vuln: $(TOOLS)/govulncheck-$(GOVULNCHECK) ## Look for known holes in what Purser uses (VULNDB=file://… without the network)
	$< $(if $(VULNDB),-db=$(VULNDB)) $(PACKAGES)

.PHONY: bench
bench: ## Measure speed and size, and write the table to docs/performance.md
	@.ci/install wrk
	$(GO) run ./e2e/bench

.PHONY: drill
drill: ## Kill Purser 500 times, cut its power 200 times, break its disk, overload it, and see that nothing is lost (repeat one: SEED=…)
	$(GO) test -v -count=1 -timeout 150m ./e2e/drill -kills 500 -cuts 200 -ready 1s -overload -linger 20s -flips 1000 -soak 30m $(if $(SEED),-seed $(SEED))

.PHONY: lighthouse
lighthouse: build $(LIGHTHOUSE_TOOLS) ## Hold the main pages of the demo to Lighthouse's scores, on a machine that does nothing else
	@.ci/install chromium
	node e2e/lighthouse/run.mjs $(BIN)

.PHONY: pictures
pictures: programs $(BROWSER_TOOLS) ## Renew the pictures in docs/images
	$(GO) test -run TestPicture ./e2e -args -pictures

.PHONY: build
build: lighter ## Build bin/purser (elsewhere: BIN=…)
	$(DELIVERED) $(GO) build -modfile=$(LIGHTER) -ldflags "$(shell cat .ci/link) -X main.version=$(VERSION)" -o $(BIN) ./cmd/purser

.PHONY: lighter
lighter:
	@$(GO) run -C .ci/lighter . -source $(CURDIR)

# All but the last step of `make release`. Nothing in the files is of this machine or of this hour.
.PHONY: dist
dist: $(TOOLS)/cyclonedx-gomod-$(CYCLONEDX)
	$(GO) run -C .ci/release . -source $(CURDIR) -out $(abspath $(DIST)) -version $(VERSION) -time $(shell git log -1 --format=%ct) -inventory $<

# The tests of what is delivered compile for the other systems as well. Those in e2e drive browsers and whole machines on Linux alone.
.PHONY: vet-elsewhere
vet-elsewhere:
	for system in windows darwin; do GOOS=$$system $(DELIVERED) $(GO) vet $$($(GO) list ./... | grep -v /e2e) || exit 1; done

.PHONY: release
release: vet-elsewhere dist ## Make packages, image and programs in dist (elsewhere: DIST=…), and try them in a clean root
	@$(MAKE) --no-print-directory release-test

# Tries what is in dist, as whoever builds and then as root, by sudo where one is not: only root can have a machine within the machine.
.PHONY: release-test
release-test: $(TOOLS)/cyclonedx-gomod-$(CYCLONEDX)
	@.ci/install dpkg rpm systemd-analyze unshare setpriv
	$(GO) test -C .ci/release -tags dist -count=1 -timeout 60m . -args -source $(CURDIR) -dist $(abspath $(DIST)) -inventory $<
	$(GO) test -C .ci/release -tags root -count=1 -timeout 30m -run 'Image|Packages' . -args -source $(CURDIR) -dist $(abspath $(DIST))

.PHONY: check
check: generated lint test ## Everything a change must pass: generated files, lint, tests

.PHONY: help
help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: programs
programs:
	@.ci/install chromium-headless-shell gcc sqlite3 curl nginx caddy apache2

# The driver of the browser and the accessibility rules. npm writes the file named here when it is done.
$(BROWSER_TOOLS): e2e/package.json e2e/package-lock.json
	npm ci --prefix e2e --ignore-scripts
	@touch $@

# Two hundred megabytes that no test needs.
$(LIGHTHOUSE_TOOLS): e2e/lighthouse/package.json e2e/lighthouse/package-lock.json
	npm ci --prefix e2e/lighthouse --ignore-scripts --no-audit --no-fund
	@touch $@

# Clients that nobody here wrote, four hundred megabytes of them: only `make contract` needs them.
$(CONTRACT_TOOLS): internal/m365sim/contract/package.json internal/m365sim/contract/package-lock.json
	npm ci --prefix internal/m365sim/contract --ignore-scripts --no-audit --no-fund
	@touch $@

# Tools stay out of go.mod, where they would bring over a hundred modules along.
$(TOOLS)/golangci-lint-%:
	GOBIN=$(TOOLS) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$*
	@mv $(TOOLS)/golangci-lint $@

$(TOOLS)/cyclonedx-gomod-%:
	GOBIN=$(TOOLS) $(GO) install github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@$*
	@mv $(TOOLS)/cyclonedx-gomod $@

$(TOOLS)/govulncheck-%:
	GOBIN=$(TOOLS) $(GO) install golang.org/x/vuln/cmd/govulncheck@$*
	@mv $(TOOLS)/govulncheck $@
