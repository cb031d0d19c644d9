# Sourced by ./demo and ./test: what they need of a Debian 12 machine, and how they build.
# shellcheck shell=bash

build_packages=(g++ cmake ninja-build protobuf-compiler libprotobuf-dev libleveldb-dev libsnappy-dev
  libisal-dev libre2-dev libeigen3-dev libfmt-dev libcli11-dev zlib1g-dev python3 python3-dev python3-venv)
test_packages=(libgtest-dev libgmock-dev libbenchmark-dev)
# What the Python module is built with, and what it needs, from PyPI.
python_packages=('nanobind>=2.4' numpy ml_dtypes protobuf)

# Installs the Debian packages among the arguments that are missing.
ensure_packages() {
  local missing=()
  local package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
      missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" -ne 0 ]; then
    echo "These Debian packages are missing: ${missing[*]}" >&2
    echo "Run this once as root, or: sudo apt-get install ${missing[*]}" >&2
    exit 1
  fi
  echo "== installing ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
    >/dev/null
}

# Makes .venv with python_packages, unless it is there. False if that fails.
ensure_python() {
  [ -x .venv/bin/python ] || python3 -m venv .venv || return
  .venv/bin/python -c 'import google.protobuf, ml_dtypes, nanobind, numpy' 2>/dev/null ||
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "${python_packages[@]}"
}

# Configures and builds build/release: build_release [CMAKE OPTION ...] -- [TARGET ...]
build_release() {
  local options=()
  while [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  shift
  local targets=()
  [ $# -eq 0 ] || targets=(--target "$@")
  echo "== building (build/release)"
  cmake --preset release "${options[@]}" >build-configure.log 2>&1 ||
    { cat build-configure.log >&2; exit 1; }
  rm -f build-configure.log
  cmake --build --preset release "${targets[@]}"
}
