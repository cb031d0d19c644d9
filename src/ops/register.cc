#include "graph/op_registry.h"
#include "ops/families.h"

namespace tensorkeep {

void register_operations([[maybe_unused]] OpRegistry& registry) {
#define TENSORKEEP_REGISTER_FAMILY(family) ops::register_##family(registry);
  TENSORKEEP_OP_FAMILIES(TENSORKEEP_REGISTER_FAMILY)
#undef TENSORKEEP_REGISTER_FAMILY
}

}  // namespace tensorkeep
