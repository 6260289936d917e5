# make demo   a hall at work in the browser, on simulated devices
# make test   everything that is checked
# Both install what they need first and say what that is. As root, or with sudo.

PYTHON := $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
DEMO_PACKAGES := fonts-noto-cjk unifont espeak-ng rime-data-stroke
BUILD_PACKAGES := gcc libc6-dev linux-libc-dev python3-dev swig libpcsclite-dev
TEST_PACKAGES := $(DEMO_PACKAGES) chromium libatomic1 libfaketime strace pcscd vsmartcard-vpcd \
	sane-utils alsa-utils cups-ipp-utils dbus-daemon poppler-utils fonts-hanazono tmux \
	systemd systemd-container mmdebstrap python3-venv

.PHONY: demo install test bench fuzz check audit deb clean

demo: .venv/ready
	@setup/packages $(DEMO_PACKAGES)
	@exec $(BIN)/yichuang demo

install: .venv/complete
	@setup/packages $(TEST_PACKAGES)

test: install check
	$(BIN)/pytest -n auto --maxprocesses=4 --dist=worksteal -m "not alone"
	$(BIN)/pytest -m alone

check: .venv/complete
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit -q -c pyproject.toml -r config device drivers hall screens simulators workshop yichuang

bench: .venv/complete
	$(BIN)/python -m tests.bench.devices.cli --json bench.json

# make fuzz SECONDS=60   random bytes to every codec, for so long in all
fuzz: .venv/complete
	@echo "installing into .venv, from pyproject.toml: the fuzzer"
	@$(BIN)/pip install --quiet --disable-pip-version-check -e '.[fuzz]'
	$(BIN)/python -m tests.fuzz.cli --seconds $(or $(SECONDS),60)

.venv/ready: pyproject.toml
	@setup/venv $(PYTHON)
	@echo "installing into .venv, from pyproject.toml: the product and the libraries it names"
	@$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

.venv/complete: .venv/ready
	@setup/packages $(BUILD_PACKAGES)
	@echo "installing into .venv, from pyproject.toml: hardware, page and test libraries"
	@$(BIN)/pip install --quiet --disable-pip-version-check -e '.[diagnostics,hardware,pages,test]'
	@touch $@

# make audit ADVISORIES=FILE   what the product leans on: bounds, reasons, licences, known weaknesses (OSV)
audit: .venv/complete
	@$(BIN)/python -m tests.dependencies.cli $(if $(ADVISORIES),--advisories $(ADVISORIES))

# make deb   dist/*.deb for Debian 12: nothing is fetched at install
deb:
	@setup/packages $(BUILD_PACKAGES) python3-venv
	@setup/deb/build

clean:
	rm -rf .venv build dist *.egg-info
