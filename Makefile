# Semblance. `make help` lists what there is; `make run` and `make test` need nothing else.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

export PHOTOS ?=
PLATFORM := $(shell go env GOOS)-$(shell go env GOARCH)
RUNTIME := $(CURDIR)/.cache/onnxruntime-1.30.0/$(PLATFORM)
LIBRARY := $(firstword $(wildcard $(RUNTIME)/*onnxruntime*.so.1 $(RUNTIME)/*.dylib) $(RUNTIME)/libonnxruntime.so.1)
# nodynamic: no libheif of the system is used (docs/THIRD_PARTY.md).
TAGS := migrated_fynedo,nodynamic
GOTEST := SEMBLANCE_REQUIRE=1 ONNXRUNTIME_SHARED_LIBRARY_PATH=$(LIBRARY) go test -tags $(TAGS)
# Packages without Fyne: they need neither OpenGL nor a display.
WINDOWLESS = $$(go list ./... | grep -v -e '^semblance/ui' -e '^semblance/cmd/semblance$$')
FUZZTIME ?= 30s
KILLS ?= 300

help: ## list the targets
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

fetch: ## install or download what is missing: system packages, ONNX Runtime, sample photos
	@scripts/setup system
	@scripts/setup runtime
	@scripts/setup samples
	@go mod download

build: ## put semblance and semblancectl into bin/
	@scripts/setup system
	@scripts/setup runtime
	@go build -tags $(TAGS) -o bin/ ./cmd/semblance ./cmd/semblancectl

run: fetch ## open the window on PHOTOS=folder (default: sample photos); without a display also write JSON files beside them
	@go build -tags $(TAGS) -o bin/ ./cmd/semblance ./cmd/semblancectl
	@scripts/run "$$PHOTOS"

test: fetch ## run every test, the one that drives a real window included
	@$(GOTEST) ./...

e2e: fetch ## only the test that drives a real window
	@$(GOTEST) -count=1 -v -run TestWindow ./cmd/semblance

race: fetch ## run the tests of everything but the window under the race detector
	@$(GOTEST) -race -timeout 25m $(WINDOWLESS)

kill: fetch ## kill the program KILLS times (300) while it analyses and is corrected, and look at what is left
	@SEMBLANCE_KILLS=$(KILLS) $(GOTEST) -count=1 -v -timeout 60m -run TestKilled ./internal/library

fuzz: fetch ## run every fuzz target for FUZZTIME (30s)
	@scripts/fuzz $(FUZZTIME)

lint: .cache/tools/golangci-lint ## check style and mistakes
	@go mod tidy -diff
	@go vet -tags $(TAGS) ./...
	@.cache/tools/golangci-lint run --build-tags $(TAGS) ./...

bench: fetch .cache/tools/benchstat ## measure speed and memory of every stage, and a catalog of a million faces beside SQLite (takes a module of its own)
	@mkdir -p out
	@$(GOTEST) -run '^$$' -bench . -benchmem -count=6 $(WINDOWLESS) | tee out/bench.txt
	@.cache/tools/benchstat out/bench.txt
	@cd catalog/sqlite && go run . | tee ../../out/catalog.txt

accuracy: fetch ## measure the accuracy on the labelled pictures of ../shared/eval; UPDATE=1 writes docs/ACCURACY.md anew
	@go build -tags $(TAGS) -o bin/ ./cmd/accuracy
	@bin/accuracy $(if $(UPDATE),-update) $(if $(ONLY),-only '$(ONLY)')

golden: fetch ## write the golden files of the tests anew
	@$(GOTEST) ./assets ./overlay ./internal/export ./ui/widgets -update

pack: ## build models/pack anew from the published packages
	@go run ./cmd/modelpack

install: build ## put programs and library into the user's folders (PREFIX=~/.local)
	@scripts/install

package: TAGS := $(TAGS),static
package: build ## make an application package of this platform in out/
	@scripts/package

.cache/tools/%: tools.mod tools.sum
	@mkdir -p $(@D)
	@go build -modfile=tools.mod -o $@ $$(go list -modfile=tools.mod -f '{{.ImportPath}}' tool | grep '/$*$$')

.PHONY: help fetch build run test e2e race kill fuzz lint bench accuracy golden pack install package
