#pragma once

#include "tensorkeep/returned.h"

namespace tensorkeep::ops {

// Throws InvalidArgumentError (ValueError) "The two structures don't have the same nested
// structure." unless both are one item, or lists of as many. A list of one is one item if
// `unpacks`.
void check_same_structure(const Returned& first, const Returned& second, bool unpacks);

}  // namespace tensorkeep::ops
