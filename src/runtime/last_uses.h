#pragma once

#include <vector>

#include "runtime/program.h"

namespace tensorkeep::runtime {

// Fills Step::last_use and Step::released: a value is given up by the last step that needs it, in
// the block that makes it, so that a kernel may write its result over it. `owners` tells by slot
// the frame of that block (-1: the value outlives an iteration, the loop itself clears it),
// `loop_frames` the frame of each of the program's loops; frame 0 is no loop.
void mark_last_uses(Program& program, const std::vector<int>& owners,
                    const std::vector<int>& loop_frames);

}  // namespace tensorkeep::runtime
