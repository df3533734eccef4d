# The names of the original's targets; npm does the work.
IMAGE ?= kepler-model-server

.PHONY: build build-test test test-model-server test-estimator test-pipeline test-offline-trainer test-online-trainer image

build:
	npm run build

# What the tests need: packages and a build.
build-test:
	npm ci
	npm run build

test:
	npm test

test-model-server:
	node scripts/run-tests.mjs src/config src/registry src/http src/service test/e2e

test-estimator:
	node scripts/run-tests.mjs src/machine src/estimate src/socket

test-pipeline:
	node scripts/run-tests.mjs src/prometheus src/extract src/isolate src/regression src/train src/simulate src/cli/train.test.ts test/e2e/train.test.ts test/invariants/isolators-truth.test.ts

test-offline-trainer:
	node scripts/run-tests.mjs src/jobs src/http/offline-trainer-app.test.ts test/e2e/offline-trainer.test.ts test/conformance/offline-trainer.test.ts

test-online-trainer:
	node scripts/run-tests.mjs src/online src/isolate test/e2e/online-trainer-faults.test.ts test/integration/online-trainer.test.ts

image:
	docker build -t $(IMAGE) .
