# The two commands that a newcomer needs, and what they are made of.

.PHONY: help run test dependencies test-dependencies lint format build unit-tests interop elsewhere resilience examples \
        costs check-api fuzz sanitize soak bench docs clean

help:
	@echo "make run      install what is missing, build, and serve on 127.0.0.1:5000 (options: make run ARGS='--port 6000')"
	@echo "make test     install what is missing, and run every check there is"
	@echo "make bench    measure the server against others of its kind (two cores, about ten minutes)"
	@echo "make soak     an hour of mixed traffic, judged and drawn (make soak DURATION=5m for less)"
	@echo "make fuzz     feed the parsers and the server made-up bytes, each for a minute (make fuzz TIME=600 for longer)"
	@echo "make sanitize run the tests under AddressSanitizer and ThreadSanitizer (about ten minutes)"
	@echo "make costs    count what a message costs, and compare with what is recorded"
	@echo "make check-api  report changes that break programs built on the last release"
	@echo "make docs     make web pages of the documentation and the public API, and say how to read them"
	@echo "make format   lay the source out"
	@echo "make clean    remove everything that was built"

# Warnings of this package are errors: see Package.swift.
export SWITCHBOARD_STRICT = 1

# What users build, they build without that.
AS_USER = env -u SWITCHBOARD_STRICT

# What a package that depends on this one must ask for, and what is not needed without it: OpenSSL.
TRAITS = --traits TLS

run: dependencies
	swift run $(TRAITS) -c release net001 $(ARGS)

test: test-dependencies lint build unit-tests interop elsewhere resilience examples costs check-api
	Scripts/fuzz 12
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
	swift build $(TRAITS) --build-tests

unit-tests: build
	swift test $(TRAITS) --skip-build --disable-xctest

# Suites run side by side, as many as there are processors: INTEROP_JOBS=1 runs one after another.
interop: build
	@bin="$$(swift build $(TRAITS) --show-bin-path)"; { \
	echo "python3 IntegrationTests/Spec/test_mutations.py $$bin"; \
	for test in options limits net001 credentials tls metrics streams admin sockets healthcheck signals documentation; do \
		echo "python3 IntegrationTests/Interop/test_$$test.py $$bin/net001"; \
	done; \
	for test in schema spec_language; do \
		echo "python3 IntegrationTests/Spec/test_$$test.py $$bin/switchboard-generate"; \
	done; \
	echo "python3 IntegrationTests/Interop/test_scripts.py"; \
	} | IntegrationTests/run-suites $(INTEROP_JOBS)

# Clients that others have written, in a Python environment of their own. A suite that ends with status 77 is not possible on
# this machine, and says why.
elsewhere: build
	@python="$$(IntegrationTests/Interop/environment)" && bin="$$(swift build $(TRAITS) --show-bin-path)" && { \
	echo "$$python IntegrationTests/Interop/test_vectors.py $$bin/net001 $$bin/switchboard-generate"; \
	for test in fuzzer raw_segments testssl; do \
		echo "$$python IntegrationTests/Interop/test_$$test.py $$bin/net001"; \
	done; \
	} | IntegrationTests/run-suites $(INTEROP_JOBS)

# The short forms; each says how to run its full one.
resilience: build
	for test in abrupt_peers exhaustion slow_readers pauses faults_below; do \
		python3 IntegrationTests/Resilience/test_$$test.py "$$(swift build $(TRAITS) --show-bin-path)/net001" || exit 1; \
	done

examples:
	$(AS_USER) python3 IntegrationTests/Downstream/test_readme.py
	$(AS_USER) python3 IntegrationTests/Downstream/test_downstream.py
	$(AS_USER) python3 IntegrationTests/Downstream/test_imports.py
	$(AS_USER) python3 IntegrationTests/Downstream/test_command.py
	$(AS_USER) python3 IntegrationTests/Downstream/test_examples.py
	$(AS_USER) python3 IntegrationTests/Downstream/test_tutorials.py

# In release mode, as costs are what a user has; the first time this builds for about a minute.
costs:
	swift run -c release --package-path Benchmarks message-costs --check

# Without a tag there is no release to compare with: says so, and passes.
check-api:
	Scripts/check-api

DURATION ?= 60m

soak: dependencies
	swift build $(TRAITS) -c release --product net001
	"$$(IntegrationTests/Interop/environment)" IntegrationTests/Resilience/soak.py \
		"$$(swift build $(TRAITS) -c release --show-bin-path)/net001" --duration $(DURATION) --output .build-soak

TIME ?= 60

fuzz: dependencies
	Scripts/fuzz $(TIME) $(TARGETS)

sanitize: test-dependencies
	Scripts/sanitize address
	Scripts/sanitize thread

bench: dependencies
	python3 Benchmarks/run.py $(ARGS)

docs:
	Scripts/convert-documentation .build-docs
	@echo "python3 -m http.server --directory .build-docs shows them on http://localhost:8000/documentation/switchboard"

clean:
	rm -rf .build .build-* Examples/*/.build Benchmarks/.build
