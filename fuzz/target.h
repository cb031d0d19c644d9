#pragma once

#include <cstdlib>
#include <string_view>

#include "tensorkeep/errors.h"

// What every fuzz target is made of: run() from the target's file, called by entry.cc.
//
// The property is the same everywhere: from whatever bytes, the right data or an exception of
// tensorkeep::errors. Another exception, a crash, a sanitizer's report, or a failed require() is a
// finding.
namespace tensorkeep::fuzz {

void run(std::string_view input);

inline void require(bool holds) {
  if (!holds) std::abort();
}

// Whether `f` ended without an error of ours.
template <typename F>
bool succeeds(F f) {
  try {
    f();
    return true;
  } catch (const errors::Error&) {
    return false;
  }
}

}  // namespace tensorkeep::fuzz
