# make run serves, make test runs every check. make help lists all commands.

.PHONY: help run cluster test dependencies test-dependencies lint format build unit-tests interop elsewhere resilience users examples \
        costs check-api fuzz sanitize soak page-cost image-size bench docs reference clean

help:
	@echo "make run        install missing packages, build, and serve on 127.0.0.1:5000 (options: make run ARGS='--port 5500')"
	@echo "make cluster    start Redis and three servers on free ports, and show a broadcast that crosses them"
	@echo "make test       install missing packages, and run every check"
	@echo "make interop    run the Python suites that drive net001 (INTEROP_JOBS=1 runs them one by one)"
	@echo "make bench      compare the server with other servers (needs two cores, takes about 20 minutes)"
	@echo "make soak       run mixed traffic for an hour, check every reply, and draw a chart (DURATION=5m for a shorter run)"
	@echo "make page-cost  measure for an hour what the page with the server's state costs with 10,000 connections (DURATION=5m: shorter)"
	@echo "make image-size build the files of the container image, and show their size (without Docker)"
	@echo "make fuzz       feed random bytes to parsers, server and client, one minute each (TIME=600 for ten minutes each)"
	@echo "make sanitize   run the unit tests under AddressSanitizer and ThreadSanitizer (takes about ten minutes)"
	@echo "make costs      count allocations and retains for each message, and compare them with the recorded limits"
	@echo "make check-api  report changes that break programs built with the last release"
	@echo "make docs       generate web pages of the documentation and the public API"
	@echo "make reference  generate the reference pages of the protocols of this repository: Docs/NET-001.md, Examples/*/PROTOCOL.md"
	@echo "make format     format the source"
	@echo "make clean      delete everything that was built"

# Warnings of this package are errors: see Package.swift.
export SWITCHBOARD_STRICT = 1

# Users of the package build without that.
AS_USER = env -u SWITCHBOARD_STRICT

# The trait TLS requires OpenSSL, the trait NATS libnats, the trait Tracing swift-distributed-tracing. Everything that `make test`
# builds here has all of them, so that nothing is built twice; what users run has TLS only.
RUN_TRAITS = --traits TLS
TRAITS = --traits TLS,NATS,Tracing

run: dependencies
	swift run $(RUN_TRAITS) -c release net001 $(ARGS)

# ARGS=--once stops after the broadcast.
cluster:
	@./Scripts/install-dependencies --redis
	swift build $(RUN_TRAITS) -c release --product net001
	@Scripts/cluster "$$(swift build $(RUN_TRAITS) -c release --show-bin-path)/net001" $(ARGS)

test: test-dependencies lint build unit-tests interop elsewhere resilience users costs check-api
	@echo "Everything passed."

dependencies:
	@./Scripts/install-dependencies

test-dependencies:
	@./Scripts/install-dependencies --tests

lint:
	swift format lint --strict --recursive Package.swift Plugins Sources Tests Examples Fuzz/Sources Benchmarks/Package.swift Benchmarks/Sources

format:
	swift format --in-place --recursive Package.swift Plugins Sources Tests Examples Fuzz/Sources Benchmarks/Package.swift Benchmarks/Sources

build:
	Scripts/swift-build $(TRAITS) --build-tests

unit-tests: build
	swift test $(TRAITS) --skip-build --disable-xctest

# Suites run side by side, as many as there are processors: INTEROP_JOBS=1 runs one after another.
interop: build
	@bin="$$(swift build $(TRAITS) --show-bin-path)"; { \
	echo "python3 IntegrationTests/Spec/test_mutations.py $$bin"; \
	echo "python3 IntegrationTests/Spec/test_gallery.py $$bin"; \
	for test in options settings limits net001 net001_call credentials tls resumption metrics streams admin sockets healthcheck image signals \
		cluster haproxy documentation; do \
		echo "python3 IntegrationTests/Interop/test_$$test.py $$bin/net001"; \
	done; \
	for test in schema spec_language; do \
		echo "python3 IntegrationTests/Spec/test_$$test.py $$bin/switchboard-generate"; \
	done; \
	for test in command_line decode captures call mock proxy replay diff wireshark c outputs; do \
		echo "python3 IntegrationTests/Outputs/test_$$test.py $$bin/switchboard"; \
	done; \
	echo "python3 IntegrationTests/Outputs/fuzz_outputs.py $$bin/switchboard"; \
	echo "python3 IntegrationTests/Interop/test_scripts.py"; \
	} | IntegrationTests/run-suites $(INTEROP_JOBS)

# Suites that use packages of other authors, in a Python environment of their own. A suite that ends with status 77 cannot run on
# this machine, and prints the reason.
elsewhere: build
	@python="$$(IntegrationTests/Interop/environment)" && bin="$$(swift build $(TRAITS) --show-bin-path)" && { \
	echo "$$python IntegrationTests/Interop/test_vectors.py $$bin/net001 $$bin/switchboard-generate"; \
	for test in fuzzer raw_segments testssl page kubernetes; do \
		echo "$$python IntegrationTests/Interop/test_$$test.py $$bin/net001"; \
	done; \
	echo "$$python IntegrationTests/Outputs/test_docs.py $$bin/switchboard"; \
	echo "$$python IntegrationTests/Outputs/test_python.py $$bin"; \
	} | IntegrationTests/run-suites $(INTEROP_JOBS)

# The short forms of the suites. The comment at the top of each suite describes its full form.
resilience: build
	for test in abrupt_peers exhaustion slow_readers pauses faults_below cluster_failures; do \
		python3 IntegrationTests/Resilience/test_$$test.py "$$(swift build $(TRAITS) --show-bin-path)/net001" || exit 1; \
	done

# What users build, and other builds that do not share a folder: side by side, because SwiftPM seldom uses two processors.
users: build
	@{ \
	echo "make --no-print-directory examples"; \
	echo "$(AS_USER) python3 IntegrationTests/Downstream/test_downstream.py"; \
	echo "Scripts/fuzz 8"; \
	echo "$(AS_USER) python3 IntegrationTests/Downstream/test_imports.py"; \
	echo "swift build -c release --package-path Benchmarks --product message-costs"; \
	} | IntegrationTests/run-suites $(INTEROP_JOBS)

# The suites that share a build folder.
examples:
	$(AS_USER) python3 IntegrationTests/Downstream/test_readme.py
	$(AS_USER) python3 IntegrationTests/Downstream/test_command.py
	$(AS_USER) python3 IntegrationTests/Downstream/test_examples.py
	$(AS_USER) "$$(IntegrationTests/Interop/environment)" IntegrationTests/Downstream/test_mqtt_broker.py
	$(AS_USER) "$$(IntegrationTests/Interop/environment)" IntegrationTests/Downstream/test_published_protocols.py
	$(AS_USER) python3 IntegrationTests/Downstream/test_tutorials.py

# In release mode, as users build it. The first run builds for about a minute.
costs:
	swift run -c release --package-path Benchmarks message-costs --check

# Passes, with a message, while the repository has no release tag.
check-api:
	Scripts/check-api

DURATION ?= 60m

soak: dependencies
	swift build $(RUN_TRAITS) -c release --product net001
	"$$(IntegrationTests/Interop/environment)" IntegrationTests/Resilience/soak.py \
		"$$(swift build $(RUN_TRAITS) -c release --show-bin-path)/net001" --duration $(DURATION) --output .build-soak

page-cost: test-dependencies
	swift build $(RUN_TRAITS) -c release --product net001
	"$$(IntegrationTests/Interop/environment)" IntegrationTests/Resilience/page_cost.py \
		"$$(swift build $(RUN_TRAITS) -c release --show-bin-path)/net001" --duration $(DURATION)

# With the options of the Dockerfile, in a folder of its own.
image-size: test-dependencies
	swift build $(RUN_TRAITS) -c release --static-swift-stdlib --product net001 --scratch-path .build-image
	rm -rf .build-image/files
	strip -o .build-image/net001 "$$(swift build $(RUN_TRAITS) -c release --scratch-path .build-image --show-bin-path)/net001"
	Scripts/image-files .build-image/net001 .build-image/files
	@echo "command: $$(wc -c <.build-image/net001) bytes"
	@echo "image: $$(du -sb .build-image/files | cut -f1) bytes, compressed $$(tar -c -C .build-image/files . | gzip | wc -c) bytes"
	@test "$$(du -sb .build-image/files | cut -f1)" -le 40000000 || { echo "the image has more than 40 MB" >&2; exit 1; }

TIME ?= 60

fuzz: dependencies
	Scripts/fuzz $(TIME) $(TARGETS)

sanitize: test-dependencies
	Scripts/sanitize address
	Scripts/sanitize thread

bench:
	Scripts/install-dependencies --benchmarks
	python3 Benchmarks/run.py $(ARGS)

docs:
	Scripts/convert-documentation .build-docs
	@echo "To read the pages, run python3 -m http.server --directory .build-docs,"
	@echo "and open http://localhost:8000/documentation/switchboard"

reference:
	swift build $(TRAITS) --product switchboard
	Scripts/reference-pages "$$(swift build $(TRAITS) --show-bin-path)/switchboard"

clean:
	rm -rf .build .build-* Examples/*/.build Benchmarks/.build
