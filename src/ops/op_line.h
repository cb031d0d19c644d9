#pragma once

#include <functional>
#include <string_view>

#include "tensorkeep/proto/op_def.pb.h"

// One line of the op table, the notation that tools/make_op_table.py explains.
namespace tensorkeep::ops {

// Whose definition: `-` in a line marks what only 1.15 has, `+` what only 2.21 has.
enum class TableVersion { k1_15, k2_21 };

// The operation's name, without its mark.
std::string_view op_line_name(std::string_view line);

// Whether the version has the operation at all.
bool op_line_has(std::string_view line, TableVersion version);

// From a set's name (without @) to the text of its values.
using SetLookup = std::function<std::string_view(std::string_view)>;

// The version's definition. Throws InternalError, with the place, where the line is malformed.
proto::OpDef parse_op_line(std::string_view line, TableVersion version, const SetLookup& find_set);

}  // namespace tensorkeep::ops
