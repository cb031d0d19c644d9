#pragma once

#include <string>

namespace tensorkeep {

// The options of an operation that has none but its name: tf::log(x, {.name = "l"}).
struct Name {
  std::string name = {};
};

}  // namespace tensorkeep
