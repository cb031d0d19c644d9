#pragma once

#include <chrono>

namespace tensorkeep::train {

// Seconds since 1970.
inline double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace tensorkeep::train
