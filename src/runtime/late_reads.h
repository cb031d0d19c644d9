#pragma once

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "runtime/frames.h"

namespace tensorkeep::runtime {

// Inputs that have to be read from a variable when their consumer runs: the consumer waits for an
// update of the variable, but reads it through an Identity ("v/read") that may run before. In
// TensorFlow that Identity shares the variable's buffer, which updates change in place; so an
// average that is computed "after the training step" is one of the new values.
//
// By consumer and input: the variable's reference. Resource variables, whose reads are copied on
// write, and assignments of computed values, which bring a buffer of their own, do not count.
using LateReads = std::map<std::pair<const Operation*, int>, Output>;

// `ordered` respects `before`; what is fed is nobody's memory; `frames` is null where nothing
// branches.
LateReads find_late_reads(const std::vector<const Operation*>& ordered, const Dependencies& before,
                          const std::set<Output>& fed, const Frames* frames);

}  // namespace tensorkeep::runtime
