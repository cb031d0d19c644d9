#pragma once

#include <span>
#include <string>

#include "runtime/kernel.h"

namespace tensorkeep::runtime {

// What RestoreV2 does where `pattern` names V1 files: all outputs, each by its name and slice.
void restore_from_v1(KernelContext& c, const std::string& pattern,
                     std::span<const std::string> names, std::span<const std::string> slices);

}  // namespace tensorkeep::runtime
