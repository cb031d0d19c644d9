#include <fmt/format.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/text_format.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "tensorkeep/errors.h"
#include "tensorkeep/meta_graph_file.h"

namespace tensorkeep::text_format {
namespace {

using google::protobuf::TextFormat;
using Generator = TextFormat::BaseTextGenerator;

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

class PythonsValues : public TextFormat::FastFieldValuePrinter {
 public:
  void PrintFloat(float value, Generator* out) const override {
    out->PrintString(python_text(value));
  }
  void PrintDouble(double value, Generator* out) const override {
    out->PrintString(python_text(value));
  }
  void PrintString(const std::string& value, Generator* out) const override {
    out->PrintString('"' + escaped(value, /*keep_high_bytes=*/true) + '"');
  }
  void PrintBytes(const std::string& value, Generator* out) const override {
    out->PrintString('"' + escaped(value, /*keep_high_bytes=*/false) + '"');
  }
};

// Keeps the first complaint about a text.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (text_.empty()) text_ = fmt::format("{}:{} : {}", line + 1, column + 1, message);
  }
  void AddWarning(int, int, const std::string&) override {}
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace

std::string MessageToString(const google::protobuf::Message& message) {
  TextFormat::Printer printer;
  printer.SetDefaultFieldValuePrinter(new PythonsValues);
  printer.SetHideUnknownFields(true);
  std::string text;
  printer.PrintToString(message, &text);
  return text;
}

void Parse(const std::string& text, google::protobuf::Message& message) {
  const google::protobuf::LogSilencer silence;
  TextFormat::Parser parser;
  FirstError error;
  parser.RecordErrorsTo(&error);
  parser.SetRecursionLimit(100);
  if (parser.ParseFromString(text, &message)) return;
  throw errors::InvalidArgumentError(error.text().empty() ? "malformed text" : error.text());
}

}  // namespace tensorkeep::text_format
