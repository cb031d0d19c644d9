#include "tensorkeep/op_definitions.h"

#include "graph/op_def_lookup.h"

namespace tensorkeep {

const OpDef* find_op_def(std::string_view type) {
  return graph::find_op_def(type);
}

std::vector<std::string> op_types() {
  const std::vector<std::string_view> names = graph::all_op_names();
  return {names.begin(), names.end()};
}

}  // namespace tensorkeep
