#!/bin/sh
# Fails if an object compiled for one instruction set defines a function under a name that another
# object may define too: the linker keeps either, and then a plain x86-64 runs AVX2 code.
# Usage: simd_symbols.sh ISA OBJECT...
isa=$1
shift
shared=$(nm -C "$@" | grep -E ' [WVuT] ' | grep -v -E "simd::${isa}::|Eigen_tensorkeep_${isa}::")
if [ -n "$shared" ]; then
  echo "names that are not ${isa}'s own:"
  echo "$shared"
  exit 1
fi
