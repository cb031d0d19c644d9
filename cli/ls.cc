#include <fmt/format.h>

#include <algorithm>

#include "tensorkeep/checkpoint_reader.h"
#include "text.h"
#include "verbs.h"

namespace tensorkeep::cli {
namespace {

constexpr std::size_t kMaxNameColumn = 60;  // longer names push their row to the right

void write_json(Output& out, const std::vector<train::TensorInfo>& tensors) {
  out << "[";
  for (const auto& tensor : tensors) {
    if (&tensor != tensors.data()) out << ",";
    out << "\n"
        << fmt::format(R"({{"name": {}, "dtype": {}, "shape": [{}], "bytes": {})",
                       json_string(tensor.name), json_string(name_of(tensor.dtype)),
                       fmt::join(tensor.shape.dims(), ", "), tensor.bytes);
    if (!tensor.slices.empty()) {
      out << fmt::format(R"(, "slices": ["{}"])", fmt::join(tensor.slices, R"(", ")"));
    }
    if (!tensor.full_name.empty()) {
      out << ", \"full_name\": " << json_string(tensor.full_name);
    }
    out << "}";
  }
  out << (tensors.empty() ? "]\n" : "\n]\n");
}

// Columns on a terminal, as long as no character is a wide one.
std::size_t columns(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string padded(std::string text, std::size_t width) {
  const std::size_t used = columns(text);
  text.append(std::max(used, width) - used + 2, ' ');
  return text;
}

struct Widths {
  std::size_t name = 0, dtype = 0, shape = 0;
};

void write_table(Output& out, const std::vector<train::TensorInfo>& tensors,
                 const std::string& prefix) {
  struct Row {
    std::string name, dtype, shape;
  };
  std::vector<Row> rows;
  rows.reserve(tensors.size());
  Widths widths;
  std::uint64_t total = 0;
  for (const auto& tensor : tensors) {
    rows.push_back({printable(tensor.name), name_of(tensor.dtype), tensor.shape.debug_string()});
    widths.name = std::max(widths.name, std::min(columns(rows.back().name), kMaxNameColumn));
    widths.dtype = std::max(widths.dtype, rows.back().dtype.size());
    widths.shape = std::max(widths.shape, rows.back().shape.size());
    total += tensor.bytes;
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out << padded(rows[i].name, widths.name) << padded(rows[i].dtype, widths.dtype)
        << padded(rows[i].shape, widths.shape) << std::to_string(tensors[i].bytes);
    if (!tensors[i].slices.empty()) out << fmt::format("  in {} slices", tensors[i].slices.size());
    if (!tensors[i].full_name.empty()) out << "  " << printable(tensors[i].full_name);
    out << "\n";
  }
  out << fmt::format("{} tensor{}, {} in {}\n", tensors.size(), tensors.size() == 1 ? "" : "s",
                     human_bytes(total), printable(prefix));
}

}  // namespace

int ls(const LsOptions& options, Output& out) {
  const train::CheckpointReader reader(options.checkpoint);
  const auto tensors = reader.tensors();
  if (options.json) {
    write_json(out, tensors);
  } else {
    write_table(out, tensors, reader.prefix());
  }
  return 0;
}

}  // namespace tensorkeep::cli
