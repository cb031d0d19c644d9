#pragma once

#include <string_view>
#include <vector>

#include "tensorkeep/graph.h"

// How the arguments of a definition spread over an operation's flat inputs and outputs.
namespace tensorkeep {

// The types of the flat inputs or outputs that the definition and attributes tell. Throws
// InvalidArgumentError for a missing, mistyped or unreasonably large attribute.
std::vector<DType> expand_types(
    const google::protobuf::RepeatedPtrField<proto::OpDef::ArgDef>& args, const AttrMap& attrs);

// [begin, end) of one argument among them; {0, 0} if there is no such argument.
std::pair<int, int> argument_range(
    const google::protobuf::RepeatedPtrField<proto::OpDef::ArgDef>& args, const AttrMap& attrs,
    std::string_view name);

}  // namespace tensorkeep
