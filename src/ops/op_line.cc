#include "ops/op_line.h"

#include <charconv>
#include <string>
#include <utility>

#include "tensorkeep/dtype.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::ops {
namespace {

using proto::AttrValue;
using proto::OpDef;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Recursive descent over the notation. What the wanted version lacks is parsed all the same, into a
// message that is thrown away.
class LineParser {
 public:
  LineParser(std::string_view line, TableVersion version, const SetLookup& find_set)
      : line_(line), version_(version), find_set_(find_set) {}

  OpDef op() {
    OpDef op;
    wanted();
    op.set_name(std::string(op_line_name(line_)));
    at_ += op.name().size();
    expect("(");
    arguments(op.mutable_input_arg());
    expect(") -> (");
    arguments(op.mutable_output_arg());
    expect(")");
    while (accept("; ")) {
      OpDef ignored;
      attribute_or_flag(wanted() ? &op : &ignored);
    }
    if (at_ != line_.size()) fail("the end");
    return op;
  }

  // The values of an `in` clause: "SAME", +"VALID".
  void set(std::string_view kind, AttrValue::ListValue* values) {
    while (at_ < line_.size() && line_[at_] != '}') {
      const bool ours = wanted();
      AttrValue value;
      scalar(kind, &value);
      if (ours) append(std::move(value), values);
      accept(", ");
    }
  }

 private:
  [[noreturn]] void fail(const char* expected) const {
    throw errors::InternalError("op table: expected " + std::string(expected) + " at column " +
                                std::to_string(at_) + " of: " + std::string(line_));
  }

  bool peek(char c) const { return at_ < line_.size() && line_[at_] == c; }

  bool accept(std::string_view text) {
    if (line_.substr(at_, text.size()) != text) return false;
    at_ += text.size();
    return true;
  }

  void expect(const char* text) {
    if (!accept(text)) fail(text);
  }

  // Consumes a mark, if there is one, and says whether what follows belongs to the version.
  bool wanted() {
    if (accept("-")) return version_ == TableVersion::k1_15;
    if (accept("+")) return version_ == TableVersion::k2_21;
    return true;
  }

  std::string word() {
    const std::size_t start = at_;
    while (at_ < line_.size() && is_word(line_[at_])) ++at_;
    if (at_ == start) fail("a word");
    return std::string(line_.substr(start, at_ - start));
  }

  template <typename Number>
  Number number() {
    Number value{};
    const char* end = line_.data() + line_.size();
    const auto [rest, error] = std::from_chars(line_.data() + at_, end, value);
    if (error != std::errc()) fail("a number");
    at_ = static_cast<std::size_t>(rest - line_.data());
    return value;
  }

  // A JSON string; the table holds ASCII only.
  std::string quoted() {
    expect("\"");
    std::string text;
    while (!accept("\"")) {
      if (at_ == line_.size()) fail("a closing quote");
      char c = line_[at_++];
      if (c == '\\') {
        const char escape = at_ < line_.size() ? line_[at_++] : '\0';
        if (escape == 'n') {
          c = '\n';
        } else if (escape == 't') {
          c = '\t';
        } else if (escape == '"' || escape == '\\') {
          c = escape;
        } else {
          fail("an escape");
        }
      }
      text.push_back(c);
    }
    return text;
  }

  proto::DataType dtype() {
    const DType dtype = dtype_from_name(word());
    if (dtype == DType::kInvalid) fail("a type");
    return static_cast<proto::DataType>(dtype);
  }

  void arguments(google::protobuf::RepeatedPtrField<OpDef::ArgDef>* arguments) {
    while (!peek(')')) {
      const bool ours = wanted();
      OpDef::ArgDef argument = this->argument();
      if (ours) *arguments->Add() = std::move(argument);
      accept(", ");
    }
  }

  OpDef::ArgDef argument() {
    OpDef::ArgDef argument;
    argument.set_name(word());
    expect(": ");
    std::string type = word();
    if (accept("*")) {
      argument.set_number_attr(std::exchange(type, word()));
    }
    if (type == "Ref") {
      argument.set_is_ref(true);
      expect("(");
      type = word();
      expect(")");
    }
    if (accept("...")) {
      argument.set_type_list_attr(type);
    } else if (const DType dtype = dtype_from_name(type); dtype != DType::kInvalid) {
      argument.set_type(static_cast<proto::DataType>(dtype));
    } else {
      argument.set_type_attr(type);
    }
    if (accept(" ")) {
      const bool ours = wanted();
      proto::FullTypeDef ignored;
      expect("<");
      full_type(ours ? argument.mutable_experimental_full_type() : &ignored);
      expect(">");
    }
    return argument;
  }

  void full_type(proto::FullTypeDef* type) {
    if (accept("$")) {
      type->set_type_id(proto::TFT_VAR);
      type->set_s(word());
      return;
    }
    proto::FullTypeId id = proto::TFT_UNSET;
    if (!proto::FullTypeId_Parse("TFT_" + word(), &id)) fail("a full type");
    type->set_type_id(id);
    if (!accept("(")) return;
    do {
      full_type(type->add_args());
    } while (accept(", "));
    expect(")");
  }

  void attribute_or_flag(OpDef* op) {
    const std::string name = word();
    if (accept(": ")) {
      attribute(name, op->add_attr());
    } else if (name == "stateful") {
      op->set_is_stateful(true);
    } else if (name == "commutative") {
      op->set_is_commutative(true);
    } else if (name == "aggregate") {
      op->set_is_aggregate(true);
    } else if (name == "uninitialized_ok") {
      op->set_allows_uninitialized_input(true);
    } else if (name == "distributed") {
      op->set_is_distributed_communication(true);
    } else if (name == "deprecated") {
      expect(" ");
      op->mutable_deprecation()->set_version(number<std::int32_t>());
      expect(" ");
      op->mutable_deprecation()->set_explanation(quoted());
    } else {
      fail("a flag");
    }
  }

  void attribute(const std::string& name, OpDef::AttrDef* attr) {
    attr->set_name(name);
    std::string kind = word();
    const std::string element = accept("(") ? word() : kind;
    if (element != kind) {
      expect(")");
      kind += "(" + element + ")";
    }
    attr->set_type(kind);
    while (accept(" ")) {
      OpDef::AttrDef ignored;
      OpDef::AttrDef* target = wanted() ? attr : &ignored;
      if (accept("= ")) {
        value(kind, element, target->mutable_default_value());
      } else if (accept(">= ")) {
        target->set_has_minimum(true);
        target->set_minimum(number<std::int64_t>());
      } else {
        expect("in ");
        allowed(element, target->mutable_allowed_values()->mutable_list());
      }
    }
  }

  void allowed(const std::string& kind, AttrValue::ListValue* values) {
    if (accept("@")) {
      const std::string name = word();
      LineParser(find_set_(name), version_, find_set_).set(kind, values);
    } else {
      expect("{");
      set(kind, values);
      expect("}");
    }
  }

  void value(const std::string& kind, const std::string& element, AttrValue* value) {
    if (element == kind) return scalar(kind, value);
    AttrValue::ListValue* list = value->mutable_list();
    expect("[");
    while (!accept("]")) {
      AttrValue one;
      scalar(element, &one);
      append(std::move(one), list);
      accept(", ");
    }
  }

  void scalar(std::string_view kind, AttrValue* value) {
    if (kind == "string") {
      value->set_s(quoted());
    } else if (kind == "int") {
      value->set_i(number<std::int64_t>());
    } else if (kind == "float") {
      value->set_f(number<float>());
    } else if (kind == "bool") {
      value->set_b(word() == "true");
    } else if (kind == "type") {
      value->set_type(dtype());
    } else if (kind == "shape") {
      shape(value->mutable_shape());
    } else if (kind == "tensor") {
      tensor(value->mutable_tensor());
    } else {
      fail("a kind of attribute that has values");
    }
  }

  void shape(proto::TensorShapeProto* shape) {
    if (accept("?")) return shape->set_unknown_rank(true);
    expect("[");
    while (!accept("]")) {
      shape->add_dim()->set_size(accept("?") ? -1 : number<std::int64_t>());
      accept(", ");
    }
  }

  void tensor(proto::TensorProto* tensor) {
    expect("tensor(");
    tensor->set_dtype(dtype());
    expect(", ");
    shape(tensor->mutable_tensor_shape());
    while (accept(", ")) tensor->add_int_val(number<std::int32_t>());
    expect(")");
  }

  void append(AttrValue value, AttrValue::ListValue* list) {
    switch (value.value_case()) {
      case AttrValue::kS:
        return list->add_s(std::move(*value.mutable_s()));
      case AttrValue::kI:
        return list->add_i(value.i());
      case AttrValue::kF:
        return list->add_f(value.f());
      case AttrValue::kB:
        return list->add_b(value.b());
      case AttrValue::kType:
        return list->add_type(value.type());
      case AttrValue::kShape:
        *list->add_shape() = std::move(*value.mutable_shape());
        return;
      case AttrValue::kTensor:
        *list->add_tensor() = std::move(*value.mutable_tensor());
        return;
      default:
        fail("an element of a list");
    }
  }

  std::string_view line_;
  TableVersion version_;
  const SetLookup& find_set_;
  std::size_t at_ = 0;
};

}  // namespace

std::string_view op_line_name(std::string_view line) {
  if (!line.empty() && (line[0] == '-' || line[0] == '+')) line.remove_prefix(1);
  return line.substr(0, line.find_first_of("( "));
}

bool op_line_has(std::string_view line, TableVersion version) {
  const char other = version == TableVersion::k1_15 ? '+' : '-';
  return !line.empty() && line[0] != other;
}

OpDef parse_op_line(std::string_view line, TableVersion version, const SetLookup& find_set) {
  return LineParser(line, version, find_set).op();
}

}  // namespace tensorkeep::ops
