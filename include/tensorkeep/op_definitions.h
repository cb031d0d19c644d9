#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tensorkeep/proto.h"

// The interface of every operation of TensorFlow 1.15 and 2.21. Any thread.
namespace tensorkeep {

// 2.21's definition widened by what only 1.15 knows; or 1.15's; null if neither has the operation.
// Lives as long as the process.
const OpDef* find_op_def(std::string_view type);
// Every name of either version, sorted by bytes.
std::vector<std::string> op_types();

}  // namespace tensorkeep
