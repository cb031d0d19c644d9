#include "graph/op_arguments.h"

#include <fmt/format.h>

#include "tensorkeep/errors.h"

namespace tensorkeep {
namespace {

// No honest graph has an operation with more arguments.
constexpr std::int64_t kMaxArguments = 1 << 20;

const proto::AttrValue& need_attr(const AttrMap& attrs, const std::string& name) {
  const auto found = attrs.find(name);
  if (found == attrs.end()) {
    throw errors::InvalidArgumentError(fmt::format("No attr named '{}' in NodeDef", name));
  }
  return found->second;
}

std::vector<DType> types_of(const proto::OpDef::ArgDef& arg, const AttrMap& attrs) {
  const auto mark = [&](DType dtype) { return arg.is_ref() ? ref_dtype(dtype) : dtype; };
  std::vector<DType> types;
  if (!arg.type_list_attr().empty()) {
    for (const int type : need_attr(attrs, arg.type_list_attr()).list().type()) {
      types.push_back(mark(static_cast<DType>(type)));
    }
    return types;
  }
  const DType dtype = arg.type_attr().empty()
                          ? static_cast<DType>(arg.type())
                          : static_cast<DType>(need_attr(attrs, arg.type_attr()).type());
  std::int64_t count = 1;
  if (!arg.number_attr().empty()) {
    count = need_attr(attrs, arg.number_attr()).i();
    if (count < 0 || count > kMaxArguments) {
      throw errors::InvalidArgumentError(fmt::format(
          "attr '{}' has the value {}, which is no number of arguments", arg.number_attr(), count));
    }
  }
  types.assign(static_cast<std::size_t>(count), mark(dtype));
  return types;
}

}  // namespace

std::vector<DType> expand_types(
    const google::protobuf::RepeatedPtrField<proto::OpDef::ArgDef>& args, const AttrMap& attrs) {
  std::vector<DType> all;
  for (const auto& arg : args) {
    const std::vector<DType> types = types_of(arg, attrs);
    all.insert(all.end(), types.begin(), types.end());
  }
  return all;
}

std::pair<int, int> argument_range(
    const google::protobuf::RepeatedPtrField<proto::OpDef::ArgDef>& args, const AttrMap& attrs,
    std::string_view name) {
  int begin = 0;
  for (const auto& arg : args) {
    const int size = static_cast<int>(types_of(arg, attrs).size());
    if (arg.name() == name) return {begin, begin + size};
    begin += size;
  }
  return {0, 0};
}

}  // namespace tensorkeep
