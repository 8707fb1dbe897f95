# assay: build, try and check. `make demo` and `make test` need only Go and make.
GO          ?= go
STATICCHECK  = honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME    ?= 10s
export CGO_ENABLED ?= 0
# The commit, for --version and manifests, in case go build can't run git.
COMMIT      := $(shell git rev-parse HEAD 2>/dev/null)$(if $(shell git status --porcelain 2>/dev/null), (modified))

.PHONY: build demo test race cpu-paths cross generate lint fuzz bench peers bench-peers simulate parity reproduce reproduce-xs reproduce-s reproduce-m reproduction checkpoints judges judge-heads e2e-llama golden ci clean

build: ## one static binary, ./assay
	$(GO) build -trimpath -ldflags "-s -w -X 'assay/harness.commit=$(COMMIT)'" -o assay .

demo: build ## the main job on the included checkpoints, end to end, into out/demo (under a minute)
	./assay demo -o out/demo

test: ## every test; set ASSAY_DATA to include tests on real data
	$(GO) test -timeout 20m ./...

race: ## without slow work in one goroutine (harness/leaf/racetest); the race detector needs cgo
	CGO_ENABLED=1 $(GO) test -race -short -timeout 20m ./...

cpu-paths: ## the kernels' tests on each path that this CPU supports
	@for path in generic avx2 avx512; do echo "ASSAY_CPU=$$path"; ASSAY_CPU=$$path $(GO) test -count 1 ./models/compute/kernels || exit 1; done

cross: ## builds without cgo for the other platforms
	GOOS=linux GOARCH=arm64 $(GO) vet ./models/... && GOOS=linux GOARCH=arm64 $(GO) build -o /dev/null .
	GOOS=darwin GOARCH=arm64 $(GO) build -o /dev/null .

generate: ## regenerate the kernels' assembly from models/compute/kernels/avo
	$(GO) generate ./models/compute/kernels

lint: ## formatting, vet, staticcheck, and a tidy go.mod
	@out=$$(gofmt -l .); if [ -n "$$out" ]; then echo "not gofmt'd: $$out"; exit 1; fi
	$(GO) vet ./...
	$(GO) mod tidy -diff
	$(GO) run $(STATICCHECK) ./...

fuzz: ## each fuzz target for FUZZTIME
	@for pkg in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "$$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x $$pkg || exit 1; \
	  done; \
	done

bench: ## Go benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./...

peers: build ## comparisons with other systems; needs: pip install numpy scipy sacrebleu rouge-score, and requests.py --install
	python3 fixtures/peers/bootstrap.py
	python3 fixtures/peers/text_metrics.py
	python3 fixtures/peers/judgements.py
	python3 fixtures/peers/requests.py
	python3 fixtures/peers/scores_million.py ./assay

bench-peers: ## matrix products against the CPU's peak; training steps, PPO, decoding and lm-eval tasks against PyTorch and others; needs: pip install torch numpy transformers accelerate "lm_eval[api]==0.4.13"
	$(GO) test -run '^$$' -bench 'MatMul/' ./models/compute/kernels
	python3 fixtures/peers/pretrain.py steps
	python3 fixtures/peers/ppo.py
	python3 fixtures/peers/decode.py
	python3 fixtures/peers/lmeval_speed.py

simulate: ## coverage, power and false verdicts of the statistics (an hour); the tests include small cases
	$(GO) run ./fixtures/peers/simulate coverage -samples 4000
	$(GO) run ./fixtures/peers/simulate power -samples 4000
	$(GO) run ./fixtures/peers/simulate null -samples 4000
	$(GO) run ./fixtures/peers/simulate gates -samples 4000
	$(GO) run ./fixtures/peers/simulate agreement -samples 4000
	$(GO) run ./fixtures/peers/simulate joined -samples 2000
	ASSAY_SIMULATE=1 $(GO) test -count 1 -v -run 'TestEquivalenceSize|TestPlannedPower' ./metrics/infer

parity: ## compare token ids, log-probabilities and chat templates with transformers, and tasks and suites with lm-eval; needs: pip install torch transformers accelerate jinja2 "lm_eval[api]==0.4.13"
	python3 fixtures/peers/tokenizers.py --data "$(ASSAY_DATA)"
	python3 fixtures/peers/chat_templates.py | cmp - models/chat/testdata/rendered.json
	python3 fixtures/peers/lmeval_tasks.py --model
	python3 fixtures/peers/lmeval_catalog.py
	python3 fixtures/peers/lmeval_catalog.py --with-model

reproduce: build ## every step of the paper once (a minute; too short for meaningful numbers), into out/try
	./assay reproduce --budget try --first-seed 0 -o out/try

reproduce-xs: build ## the paper in the small world: one size, SEED=0 (minutes), into out/xs
	./assay reproduce --budget xs --first-seed $(or $(SEED),0) -o out/xs

reproduce-s: build ## two sizes, SEED=0 (a quarter of an hour), into out/s
	./assay reproduce --budget s --first-seed $(or $(SEED),0) -o out/s

reproduce-m: build ## three sizes and sweeps, part by part (hours), into out/m; finished parts are not run again
	@n=$$(./assay reproduce --budget m --list -o out/m | wc -l); \
	for part in $$(seq $$n); do ./assay reproduce --budget m --part $$part -o out/m || exit 1; done

reproduction: build ## the reported seeds of fixtures/reproduction, into out/reported (a night); finished seeds are kept
	./assay reproduce --budget xs --first-seed 200 --seeds 10 -o out/reported/xs
	./assay reproduce --budget xs --first-seed 200 --seeds 10 --null -o out/reported/xs-null
	./assay reproduce --budget s --first-seed 210 --seeds 5 -o out/reported/s
	./assay reproduce --budget s --first-seed 210 --seeds 5 --null -o out/reported/s-null
	./assay reproduce --budget m --first-seed 220 --seeds 3 -o out/reported/m
	./assay reproduce --join out/reported/xs,out/reported/xs-null,out/reported/s,out/reported/s-null,out/reported/m -o fixtures/reproduction/second-edition

checkpoints: build ## train the checkpoints of world:NAME again (a quarter of an hour), by out/xs of seed 0
	./assay reproduce --budget xs --first-seed 0 -o out/xs
	rm -rf out/checkpoints && fixtures/checkpoints/make.sh ./assay out/xs/seed-0 out/checkpoints

judges: build ## train the judges that come with assay again, from ASSAY_DATA (a minute)
	rm -rf out/judges && ./assay train judge fixtures/judges/toxicity/train.yaml -o out/judges/toxicity
	cp out/judges/toxicity/model/linear.safetensors out/judges/toxicity/model/trained-on.json fixtures/judges/toxicity/

judge-heads: build ## train a small language model and judges from it, from ASSAY_DATA; docs/train.md has the measurements
	rm -rf out/heads && mkdir -p out && cp -r fixtures/judges/heads out/heads
	./assay train pretrain out/heads/base.yaml -o out/heads/base
	for kind in toxicity truth support; do ./assay train judge out/heads/$$kind.yaml -o out/heads/$$kind || exit 1; done

e2e-llama: build ## run, judge and report a real small model at two temperatures; see fixtures/peers/llama
	python3 fixtures/peers/llama/run.py ./assay run fixtures/peers/llama/plan.yaml -o out/llama/run --data "$(ASSAY_DATA)"
	rm -rf out/llama/report && ./assay report out/llama/run -o out/llama/report

golden: ## rewrite golden files; explain the diff in the commit
	$(GO) test ./reports/figure ./reports/text ./reports/tex -update

ci: lint test race cpu-paths cross demo

clean:
	rm -rf assay out
