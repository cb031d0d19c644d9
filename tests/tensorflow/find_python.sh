# Sourced by the scripts that need a Python with TensorFlow: sets `python` to $TENSORKEEP_TF_PYTHON,
# CMake's variable of that name, or the virtual environment that `setup` makes. Without one, ends the
# script: the tests are skipped with a loud line; under CI=true that is a failure.
# shellcheck shell=bash
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export TF_CPP_MIN_LOG_LEVEL=3 TENSORKEEP_BUILD_DIR=${TENSORKEEP_BUILD_DIR:-$root/build/dev}

for python in "${TENSORKEEP_TF_PYTHON:-}" "${TENSORKEEP_TF_PYTHON_CACHED:-}" "$root/.venv/bin/python" none; do
  [ ! -x "$python" ] || break
done
if [ "$python" = none ]; then
  echo "!!!! SKIPPED: the tests against TensorFlow. No Python with tensorflow-cpu was found:" >&2
  echo "!!!! run tests/tensorflow/setup, or set TENSORKEEP_TF_PYTHON." >&2
  [ "${CI:-}" = true ] && exit 1
  exit 77
fi
