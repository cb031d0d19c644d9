#include "graph_text.h"

#include <google/protobuf/message.h>

#include <algorithm>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <map>
#include <regex>
#include <set>

#include "proto/tensor_proto.h"
#include "tensorkeep/dtype.h"
#include "tensorkeep/proto/control_flow.pb.h"
#include "tensorkeep/tensor.h"

namespace tensorkeep::testing {
namespace {

constexpr std::size_t kValuesShown = 16;  // as in normalise.py

template <typename... Arguments>
std::string format(const char* pattern, Arguments... arguments) {
  char text[64];
  std::snprintf(text, sizeof(text), pattern, arguments...);
  return text;
}

std::string joined(const std::vector<std::string>& parts, const char* separator = ", ") {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

template <typename Items, typename Text>
std::vector<std::string> texts(const Items& items, Text text) {
  std::vector<std::string> result;
  for (const auto& item : items) result.push_back(text(item));
  return result;
}

std::string quoted(const std::string& data) {
  std::string text = "\"";
  for (const char c : data) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte >= 32 && byte < 127 && c != '"' && c != '\\';
    text += plain ? std::string(1, c) : format("\\x%02x", byte);
  }
  return text + "\"";
}

std::string dtype_text(int number) {
  std::string name = enum_name_of(static_cast<DType>(number)).substr(3);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return name;
}

std::string shape_text(const proto::TensorShapeProto& shape) {
  if (shape.unknown_rank()) return "?";
  return "[" +
         joined(texts(
             shape.dim(),
             [](const auto& dim) { return dim.size() < 0 ? "?" : std::to_string(dim.size()); })) +
         "]";
}

std::string float_text(double value) {
  return format("%.9g", value);
}

std::string element_text(bool value) {
  return value ? "true" : "false";
}
std::string element_text(double value) {
  return format("%.17g", value);
}
template <typename T>
std::string element_text(const std::complex<T>& value) {
  return "(" + element_text(value.real()) + ", " + element_text(value.imag()) + ")";
}
template <typename T>
std::string element_text(const T& value) {
  if constexpr (std::is_integral_v<T>) {
    return std::to_string(value);
  } else if constexpr (std::is_constructible_v<float, T>) {
    return float_text(static_cast<float>(value));
  } else {
    return std::to_string(value.value);
  }
}

std::string tensor_text(const proto::TensorProto& message) {
  const Tensor tensor = tensor_from_proto(message);
  std::vector<std::string> elements;
  visit_dtype(tensor.dtype(), [&]<typename T>(T) {
    if constexpr (std::is_same_v<T, std::string>) {
      elements = texts(tensor.data<T>(), quoted);
    } else {
      elements = texts(tensor.bit_data<T>(), [](const T& value) { return element_text(value); });
    }
  });
  const std::string head = dtype_text(message.dtype()) + shape_text(message.tensor_shape());
  const std::string all = joined(elements);
  if (elements.size() > 1 && std::set(elements.begin(), elements.end()).size() == 1) {
    return head + "{" + elements[0] + " * " + std::to_string(elements.size()) + "}";
  }
  if (elements.size() <= kValuesShown) return head + "{" + all + "}";
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : all) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  elements.resize(3);
  return head + "{" + joined(elements) + format(", ... %016" PRIx64 "}", hash);
}

std::string value_text(const proto::AttrValue& value);

std::vector<std::string> list_texts(const proto::AttrValue::ListValue& list) {
  std::vector<std::string> all;
  for (const auto& s : list.s()) all.push_back(quoted(s));
  for (const auto i : list.i()) all.push_back(std::to_string(i));
  for (const auto f : list.f()) all.push_back(float_text(f));
  for (const auto b : list.b()) all.push_back(element_text(static_cast<bool>(b)));
  for (const auto type : list.type()) all.push_back(dtype_text(type));
  for (const auto& shape : list.shape()) all.push_back(shape_text(shape));
  for (const auto& tensor : list.tensor()) all.push_back(tensor_text(tensor));
  for (const auto& func : list.func()) all.push_back(func.name());
  return all;
}

std::string value_text(const proto::AttrValue& value) {
  switch (value.value_case()) {
    case proto::AttrValue::kS:
      return quoted(value.s());
    case proto::AttrValue::kI:
      return std::to_string(value.i());
    case proto::AttrValue::kF:
      return float_text(value.f());
    case proto::AttrValue::kB:
      return element_text(value.b());
    case proto::AttrValue::kType:
      return dtype_text(value.type());
    case proto::AttrValue::kShape:
      return shape_text(value.shape());
    case proto::AttrValue::kTensor:
      return tensor_text(value.tensor());
    case proto::AttrValue::kFunc:
      return value.func().name();
    case proto::AttrValue::kList:
      return "[" + joined(list_texts(value.list())) + "]";
    default:
      return "no value";
  }
}

std::string attribute_text(const std::string& name, const proto::AttrValue& value) {
  if (name == "shared_name") {  // a static table's is random
    static const std::regex uuid("hash_table_[-0-9a-f]{36}");
    return name + "=" + std::regex_replace(value_text(value), uuid, "hash_table_UUID");
  }
  if (name != "_class") return name + "=" + value_text(value);
  std::vector<std::string> groups = list_texts(value.list());  // a set of names
  std::sort(groups.begin(), groups.end());
  return name + "=[" + joined(groups) + "]";
}

std::string node_line(const proto::NodeDef& node) {
  std::vector<std::string> inputs;
  std::set<std::string> control;
  for (std::string input : node.input()) {
    if (input[0] == '^') {
      control.insert(input);
    } else {
      if (input.ends_with(":0")) input.resize(input.size() - 2);
      inputs.push_back(input);
    }
  }
  inputs.insert(inputs.end(), control.begin(), control.end());
  std::set<std::pair<std::string, std::string>> attributes;
  for (const auto& [name, value] : node.attr()) {
    attributes.emplace(name, attribute_text(name, value));
  }
  std::string line = node.name() + " = " + node.op() + "(" + joined(inputs) + ")";
  if (!node.device().empty()) line += " @" + node.device();
  for (const auto& [name, text] : attributes) line += " " + text;
  return line;
}

// The fields that are set, in the order of their numbers.
std::string message_text(const google::protobuf::Message& message) {
  using Field = google::protobuf::FieldDescriptor;
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const Field*> fields;
  reflection.ListFields(message, &fields);
  return "(" +
         joined(texts(fields,
                      [&](const Field* field) {
                        std::string text = field->name() + "=";
                        if (field->is_repeated()) {
                          std::vector<std::string> values;
                          for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
                            values.push_back(
                                std::to_string(reflection.GetRepeatedInt64(message, field, i)));
                          }
                          return text + "[" + joined(values) + "]";
                        }
                        switch (field->cpp_type()) {
                          case Field::CPPTYPE_STRING:
                            return text + quoted(reflection.GetString(message, field));
                          case Field::CPPTYPE_BOOL:
                            return text + element_text(reflection.GetBool(message, field));
                          case Field::CPPTYPE_FLOAT:
                            return text + float_text(reflection.GetFloat(message, field));
                          case Field::CPPTYPE_INT32:
                            return text + std::to_string(reflection.GetInt32(message, field));
                          case Field::CPPTYPE_INT64:
                            return text + std::to_string(reflection.GetInt64(message, field));
                          case Field::CPPTYPE_ENUM:
                            return text + std::to_string(reflection.GetEnumValue(message, field));
                          default:
                            return text + message_text(reflection.GetMessage(message, field));
                        }
                      })) +
         ")";
}

template <typename Message>
std::string parsed_text(const std::string& bytes) {
  Message message;
  return message.ParseFromString(bytes) ? message_text(message) : "not a message";
}

// Its sets come in any order.
std::string values_text(const proto::ValuesDef& values) {
  const std::set<std::string> names(values.values().begin(), values.values().end());
  const std::map<std::string, std::string> external(values.external_values().begin(),
                                                    values.external_values().end());
  return joined({names.begin(), names.end()}) + "; " + joined(texts(external, [](const auto& item) {
           return item.first + " -> " + item.second;
         }));
}

std::string context_text(const proto::CondContextDef& context);
std::string context_text(const proto::WhileContextDef& context);

std::string nested_text(
    const google::protobuf::RepeatedPtrField<proto::ControlFlowContextDef>& contexts) {
  std::string text;
  for (const proto::ControlFlowContextDef& context : contexts) {
    text += "; " + (context.has_cond_ctxt() ? context_text(context.cond_ctxt())
                                            : context_text(context.while_ctxt()));
  }
  return text;
}

std::string context_text(const proto::CondContextDef& context) {
  return "(" +
         joined({context.context_name(), context.pred_name(), context.pivot_name(),
                 std::to_string(context.branch())}) +
         "; " + values_text(context.values_def()) + nested_text(context.nested_contexts()) + ")";
}

std::string context_text(const proto::WhileContextDef& context) {
  const auto& enters = context.loop_enter_names();
  const auto& exits = context.loop_exit_names();
  return "(" +
         joined({context.context_name(), std::to_string(context.parallel_iterations()),
                 context.back_prop() ? "true" : "false",
                 context.swap_memory() ? "true" : "false"}) +
         "; " +
         joined({context.pivot_name(), context.pivot_for_pred_name(), context.pivot_for_body_name(),
                 context.maximum_iterations_name()}) +
         "; " + joined({enters.begin(), enters.end()}) + "; " +
         joined({exits.begin(), exits.end()}) + "; " + values_text(context.values_def()) +
         nested_text(context.nested_contexts()) + ")";
}

template <typename ContextDef>
std::string parsed_context_text(const std::string& bytes) {
  ContextDef context;
  return context.ParseFromString(bytes) ? context_text(context) : "not a message";
}

std::vector<std::string> collection_texts(const std::string& name,
                                          const proto::CollectionDef& collection) {
  switch (collection.kind_case()) {
    case proto::CollectionDef::kNodeList:
      return texts(collection.node_list().value(), quoted);
    case proto::CollectionDef::kBytesList:
      return texts(collection.bytes_list().value(), [&](const std::string& bytes) {
        if (name.ends_with("variables")) return parsed_text<proto::VariableDef>(bytes);
        if (name == "cond_context") return parsed_context_text<proto::CondContextDef>(bytes);
        if (name == "while_context") return parsed_context_text<proto::WhileContextDef>(bytes);
        if (name == "savers") return parsed_text<proto::SaverDef>(bytes);
        return quoted(bytes);
      });
    case proto::CollectionDef::kFloatList:
      return texts(collection.float_list().value(), [](float f) { return float_text(f); });
    case proto::CollectionDef::kInt64List:
      return texts(collection.int64_list().value(), [](auto i) { return std::to_string(i); });
    default:
      return {"any"};
  }
}

}  // namespace

std::vector<std::string> graph_lines(const proto::MetaGraphDef& meta) {
  std::set<std::string> ops;
  for (const proto::OpDef& op : meta.meta_info_def().stripped_op_list().op()) ops.insert(op.name());
  std::vector<std::string> lines = {"#ops " + joined({ops.begin(), ops.end()})};
  if (meta.has_saver_def()) lines.push_back("#saver " + message_text(meta.saver_def()));
  for (const auto& [name, collection] : meta.collection_def()) {
    lines.push_back("#collection " + name + " " + joined(collection_texts(name, collection), " "));
  }
  for (const proto::NodeDef& node : meta.graph_def().node()) lines.push_back(node_line(node));
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace tensorkeep::testing
