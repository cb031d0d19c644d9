#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "tensorkeep/errors.h"
#include "tensorkeep/meta_graph_file.h"

namespace tensorkeep::text_format {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;

// As Python's repr() writes a float: the shortest digits, with a point or an exponent.
std::string python_text(double value) {
  std::string text = fmt::format("{}", value);
  if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
  return std::isnan(value) ? "nan" : text;
}

// The shortest of six digits or more that is read as the same float.
std::string python_text(float value) {
  if (!std::isfinite(value)) return python_text(static_cast<double>(value));
  double rounded = value;
  for (int digits = 6; digits <= 9; ++digits) {
    rounded = std::strtod(fmt::format("{:.{}g}", value, digits).c_str(), nullptr);
    if (static_cast<float>(rounded) == value) break;
  }
  return python_text(rounded);
}

std::string escaped(const std::string& bytes, bool keep_high_bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '\n':
        text += "\\n";
        break;
      case '\r':
        text += "\\r";
        break;
      case '\t':
        text += "\\t";
        break;
      case '"':
      case '\'':
      case '\\':
        text += '\\';
        text += c;
        break;
      default:
        if ((byte >= 0x20 && byte < 0x7f) || (byte >= 0x80 && keep_high_bytes)) {
          text += c;
        } else {
          text += fmt::format("\\{:03o}", byte);
        }
    }
  }
  return text;
}

// Prints as TensorFlow's Python does; protobuf's own printer for C++ writes floats and the empty
// keys of maps in another way.
class Printer {
 public:
  void print(const Message& message) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      if (field->is_map()) {
        print_map(message, field);
      } else if (field->is_repeated()) {
        const int size = message.GetReflection()->FieldSize(message, field);
        for (int i = 0; i < size; ++i) print_field(message, field, i);
      } else {
        print_field(message, field, kSingular);
      }
    }
  }
  const std::string& text() const { return text_; }

 private:
  static constexpr int kSingular = -1;

  void print_field(const Message& message, const FieldDescriptor* field, int index) {
    text_.append(indent_, ' ').append(field->name());
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      const auto* reflection = message.GetReflection();
      open();
      print(index == kSingular ? reflection->GetMessage(message, field)
                               : reflection->GetRepeatedMessage(message, field, index));
      close();
    } else {
      text_ += ": " + value_text(message, field, index) + "\n";
    }
  }

  // By the keys; what has its default value is left out.
  void print_map(const Message& message, const FieldDescriptor* field) {
    const auto* reflection = message.GetReflection();
    const FieldDescriptor* key = field->message_type()->map_key();
    const FieldDescriptor* value = field->message_type()->map_value();
    std::vector<const Message*> entries;
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      entries.push_back(&reflection->GetRepeatedMessage(message, field, i));
    }
    std::sort(entries.begin(), entries.end(), [&](const Message* a, const Message* b) {
      const auto* r = a->GetReflection();
      if (key->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        return r->GetString(*a, key) < r->GetString(*b, key);
      }
      return std::stoll(value_text(*a, key, kSingular)) <
             std::stoll(value_text(*b, key, kSingular));
    });
    for (const Message* entry : entries) {
      text_.append(indent_, ' ').append(field->name());
      open();
      for (const FieldDescriptor* part : {key, value}) {
        const bool is_message = part->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
        if (is_message || !is_default(*entry, part)) print_field(*entry, part, kSingular);
      }
      close();
    }
  }

  static bool is_default(const Message& entry, const FieldDescriptor* part) {
    const std::string text = value_text(entry, part, kSingular);
    return text == "0" || text == "\"\"" || text == "false" || text == "0.0";
  }

  void open() {
    text_ += " {\n";
    indent_ += 2;
  }
  void close() {
    indent_ -= 2;
    text_.append(indent_, ' ').append("}\n");
  }

  static std::string value_text(const Message& m, const FieldDescriptor* field, int i) {
    const auto* r = m.GetReflection();
    const bool one = i == kSingular;
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return fmt::to_string(one ? r->GetInt32(m, field) : r->GetRepeatedInt32(m, field, i));
      case FieldDescriptor::CPPTYPE_INT64:
        return fmt::to_string(one ? r->GetInt64(m, field) : r->GetRepeatedInt64(m, field, i));
      case FieldDescriptor::CPPTYPE_UINT32:
        return fmt::to_string(one ? r->GetUInt32(m, field) : r->GetRepeatedUInt32(m, field, i));
      case FieldDescriptor::CPPTYPE_UINT64:
        return fmt::to_string(one ? r->GetUInt64(m, field) : r->GetRepeatedUInt64(m, field, i));
      case FieldDescriptor::CPPTYPE_FLOAT:
        return python_text(one ? r->GetFloat(m, field) : r->GetRepeatedFloat(m, field, i));
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return python_text(one ? r->GetDouble(m, field) : r->GetRepeatedDouble(m, field, i));
      case FieldDescriptor::CPPTYPE_BOOL:
        return (one ? r->GetBool(m, field) : r->GetRepeatedBool(m, field, i)) ? "true" : "false";
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int number = one ? r->GetEnumValue(m, field) : r->GetRepeatedEnumValue(m, field, i);
        const auto* known = field->enum_type()->FindValueByNumber(number);
        return known != nullptr ? known->name() : fmt::to_string(number);
      }
      default: {
        const std::string value = one ? r->GetString(m, field) : r->GetRepeatedString(m, field, i);
        const bool is_text = field->type() == FieldDescriptor::TYPE_STRING;
        return '"' + escaped(value, /*keep_high_bytes=*/is_text) + '"';
      }
    }
  }

  std::string text_;
  std::size_t indent_ = 0;
};

// Keeps the first complaint about a text.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (!text_.empty()) return;
    text_ = fmt::format("{}:{} : {}", line + 1, column + 1, message);
    if (text_.ends_with('.')) text_.pop_back();
  }
  void AddWarning(int, int, const std::string&) override {}
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace

std::string MessageToString(const Message& message) {
  Printer printer;
  printer.print(message);
  return printer.text();
}

void Parse(const std::string& text, Message& message) {
  const google::protobuf::LogSilencer silence;
  TextFormat::Parser parser;
  FirstError error;
  parser.RecordErrorsTo(&error);
  parser.SetRecursionLimit(100);
  if (parser.ParseFromString(text, &message)) return;
  throw errors::InvalidArgumentError(error.text().empty() ? "malformed text" : error.text());
}

}  // namespace tensorkeep::text_format
