#pragma once

#include <string_view>

#include "ops/op_line.h"
#include "tensorkeep/proto/op_def.pb.h"

// The table behind graph/op_def_lookup.h. Each line is parsed when it is first asked for.
namespace tensorkeep::ops {

// The version's own definition, nullptr if it has none. Any thread; valid for ever.
const proto::OpDef* find_table_op(std::string_view name, TableVersion version);

}  // namespace tensorkeep::ops
