# `make book` and `make test` are all a newcomer needs; both set up what they lack. What takes more than a line is in tools/.

PYTHON ?= python3
PORT ?= 8000

# The environment's own programs come first, so that Sphinx, npm's scripts and the tests all find the same Python and node.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

# Stamps lie in what they vouch for: remove .venv or node_modules, and it is made again.
environment := .venv/book.stamp
test_environment := .venv/test.stamp
packages := node_modules/book.stamp
site := book/_build/book.stamp
pdf := book/_offline/pdf/book.stamp
epub := book/_offline/epub/book.stamp
take_along := book/_offline/learning-rates-in-motion

# -W -n: a warning or a reference that leads nowhere fails the build.
sphinx := jupyter-book build . --quiet --all --config book/_config.yml --toc book/_toc.yml -W -n --keep-going

pages := $(shell find book notebooks results src package.json -type f -not -path '*/_build/*' -not -path '*/_bundle/*' \
	-not -path 'book/_offline/*' -not -path '*/__pycache__/*' -not -path '*.egg-info/*' -not -path '*/.ipynb_checkpoints/*' 2>/dev/null)

.PHONY: help book serve pdf epub check test test-backends golden notebooks trial bench bench-page sample address clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 16

book: $(site) ## Build the site at book/_build/html, setting up all it needs
	@echo "The book is at book/_build/html/index.html; 'make serve' serves it on loopback, which its explorers need."

serve: book ## Build the site, then serve it at http://127.0.0.1:8000 (PORT=...)
	@python -m http.server --bind 127.0.0.1 --directory book/_build/html $(PORT)

pdf: $(pdf) ## Build the book as one PDF, which the next `make book` offers on the site (needs Chromium)
	@echo "The PDF is $(take_along).pdf"

epub: $(epub) ## Build the book as one EPUB, which the next `make book` offers on the site
	@echo "The EPUB is $(take_along).epub"

check: $(test_environment) ## Check style, types, imports and what tests in milliseconds: a minute
	@tools/test.sh style types imports unit

test: $(test_environment) $(pdf) $(epub) ## Run every test, setting up all they need (Chromium too)
	@$(MAKE) --no-print-directory book
	@tools/test.sh

test-backends: .venv-backends/test.stamp .venv-oldest/test.stamp ## Test against PyTorch and Optax, on JAX, on PyTorch, on the oldest Keras
	@tools/backends.sh

trial: $(test_environment) ## Run what is missing of a claim's trial, and judge it (NAME=A4.1; without, all of them)
	@python -m learning_rates.trials run $(NAME)
	@python -m learning_rates.trials report $(NAME)

golden: .venv-backends/test.stamp ## Record again what PyTorch, Optax and Keras give for our schedules
	@.venv-backends/bin/python tests/oracles/golden.py

notebooks: $(environment) ## Run the notebooks and store their outputs (NB=08: only those whose names start so)
	@python tools/run_notebooks.py $(NB)

bench: $(test_environment) .venv-backends/test.stamp ## Time schedules, steps, range tests and trials on every backend into benchmarks/RESULTS.md
	@tools/bench.sh

bench-page: $(test_environment) $(site) benchmarks/node_modules/book.stamp ## Measure the built pages (Lighthouse, bytes, explorers) into benchmarks/PAGE.md
	@python benchmarks/page.py >benchmarks/PAGE.md.part
	@mv benchmarks/PAGE.md.part benchmarks/PAGE.md
	@cat benchmarks/PAGE.md

sample: $(environment) ## Make the embedded samples of Fashion-MNIST again, the page's too, from Debian's dataset-fashion-mnist
	@python tools/make_sample.py
	@python tools/make_page_images.py

address: $(environment) ## Move the address or the version everywhere (REPOSITORY=https://github.com/owner/name VERSION=0.2.0)
	@python tools/address.py $(if $(REPOSITORY),--repository $(REPOSITORY)) $(if $(VERSION),--version $(VERSION))

clean: ## Remove the built site, the PDF, the EPUB and the caches; the environments stay
	@rm -rf book/_build book/_bundle book/_offline .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis

$(environment): requirements.txt pyproject.toml
	@tools/environment.sh .venv $(PYTHON) requirements.txt
	@touch $@

$(test_environment): requirements-test.txt $(environment)
	@tools/environment.sh .venv $(PYTHON) requirements-test.txt
	@touch $@

# Neither has the book's packages. The oldest Keras needs a TensorFlow that has wheels for Python 3.11 and 3.12 only.
.venv-backends/test.stamp .venv-oldest/test.stamp: .venv-%/test.stamp: requirements-%.txt pyproject.toml
	@tools/environment.sh .venv-$* $(PYTHON) requirements-$*.txt
	@touch $@

$(packages): package.json package-lock.json $(environment)
	@tools/node.sh
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# Apart from what the book needs: no reader has to install Lighthouse.
benchmarks/node_modules/book.stamp: benchmarks/package.json benchmarks/package-lock.json $(packages)
	@npm ci --prefix benchmarks --no-audit --no-fund --loglevel=error
	@touch $@

# The old site goes first: a removed page must not linger. It offers the files that `make pdf` and `make epub`
# have left, and does not make them anew: that would take longer than the site.
$(site): $(environment) $(packages) $(pages) $(wildcard $(take_along).*)
	@rm -rf book/_build book/_bundle
	@npm run build --silent
	@$(sphinx) --path-output book
	@touch $@

$(pdf): $(environment) $(packages) $(pages)
	@tools/chromium.sh >/dev/null
	@rm -rf book/_offline/pdf
	@$(sphinx) --path-output book/_offline/pdf --builder singlehtml
	@python tools/pdf.py book/_offline/pdf/_build/singlehtml/book.html $(take_along).pdf
	@touch $@

$(epub): $(environment) $(packages) $(pages)
	@rm -rf book/_offline/epub
	@$(sphinx) --path-output book/_offline/epub --builder custom --custom-builder epub
	@cp book/_offline/epub/_build/epub/$(notdir $(take_along)).epub $(take_along).epub
	@touch $@
