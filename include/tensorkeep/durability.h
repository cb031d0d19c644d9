#pragma once

namespace tensorkeep {

// How far a write goes before it counts as done. The order of the steps is the same.
enum class Durability {
  kDurable,  // everything is synced before the next step: survives a power loss
  kFast,     // syncing is left to the system: survives the death of the process
};

}  // namespace tensorkeep
