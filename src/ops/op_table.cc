#include "ops/op_table.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "graph/op_def_lookup.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::ops {
namespace {

using proto::OpDef;

// Sorted by name; sets come first, since '@' sorts before letters.
constexpr const char* kLines[] = {
#include "ops/op_table.inc"
};
constexpr std::size_t kLineCount = std::size(kLines);

// Published once parsed and never freed: definitions are handed out as plain pointers.
using Definitions = std::array<std::atomic<const OpDef*>, kLineCount>;
Definitions definitions_1_15, definitions_2_21, definitions_import;

const char* const* first_op() {
  static const char* const* const first = std::find_if(
      std::begin(kLines), std::end(kLines), [](const char* line) { return *line != '@'; });
  return first;
}

std::string_view find_set(std::string_view name) {
  for (const char* const* line = kLines; line != first_op(); ++line) {
    const std::string_view text = std::string_view(*line).substr(1);
    if (op_line_name(text) == name) return text.substr(name.size() + 3);  // after " = "
  }
  throw errors::InternalError("op table: no set @" + std::string(name));
}

const char* const* find_line(std::string_view name) {
  const auto before = [](const char* line, std::string_view wanted) {
    return op_line_name(line) < wanted;
  };
  const char* const* line = std::lower_bound(first_op(), std::end(kLines), name, before);
  return line != std::end(kLines) && op_line_name(*line) == name ? line : nullptr;
}

// The definition in its slot; `make` runs where the slot is still empty, perhaps in two threads at
// once, of which one wins.
template <typename Make>
const OpDef* cached(Definitions& definitions, const char* const* line, Make make) {
  std::atomic<const OpDef*>& slot = definitions[static_cast<std::size_t>(line - kLines)];
  const OpDef* known = slot.load(std::memory_order_acquire);
  if (known) return known;
  auto made = std::make_unique<const OpDef>(make());
  if (slot.compare_exchange_strong(known, made.get(), std::memory_order_acq_rel)) {
    return made.release();
  }
  return known;
}

const OpDef* table_op(const char* const* line, TableVersion version) {
  if (!op_line_has(*line, version)) return nullptr;
  Definitions& definitions = version == TableVersion::k1_15 ? definitions_1_15 : definitions_2_21;
  return cached(definitions, line, [&] { return parse_op_line(*line, version, find_set); });
}

// Lets `to` accept every value that `from` accepts.
void widen(const OpDef::AttrDef& from, OpDef::AttrDef* to) {
  if (!from.has_minimum()) {
    to->clear_has_minimum();
    to->clear_minimum();
  } else if (to->has_minimum()) {
    to->set_minimum(std::min(from.minimum(), to->minimum()));
  }
  if (!from.has_allowed_values()) return to->clear_allowed_values();
  if (!to->has_allowed_values()) return;
  auto* allowed = to->mutable_allowed_values()->mutable_list();
  for (const int type : from.allowed_values().list().type()) {
    const auto& known = allowed->type();
    if (std::find(known.begin(), known.end(), type) == known.end()) {
      allowed->add_type(static_cast<proto::DataType>(type));
    }
  }
  for (const std::string& text : from.allowed_values().list().s()) {
    const auto& known = allowed->s();
    if (std::find(known.begin(), known.end(), text) == known.end()) allowed->add_s(text);
  }
}

OpDef widened(const OpDef& old, OpDef merged) {
  for (const OpDef::AttrDef& attr : old.attr()) {
    auto& attrs = *merged.mutable_attr();
    const auto same = std::find_if(attrs.begin(), attrs.end(), [&](const OpDef::AttrDef& other) {
      return other.name() == attr.name();
    });
    if (same == attrs.end()) {
      *attrs.Add() = attr;
    } else if (same->type() == attr.type()) {
      widen(attr, &*same);
    }
  }
  return merged;
}

}  // namespace

const OpDef* find_table_op(std::string_view name, TableVersion version) {
  const char* const* line = find_line(name);
  return line ? table_op(line, version) : nullptr;
}

}  // namespace tensorkeep::ops

namespace tensorkeep::graph {

using namespace tensorkeep::ops;

const proto::OpDef* find_op_def(std::string_view name) {
  const char* const* line = find_line(name);
  if (!line) return nullptr;
  const proto::OpDef* v1 = table_op(line, TableVersion::k1_15);
  const proto::OpDef* v2 = table_op(line, TableVersion::k2_21);
  if (!v1 || !v2) return v1 ? v1 : v2;
  return cached(definitions_import, line, [&] { return widened(*v1, *v2); });
}

const proto::OpDef* find_op_def_1_15(std::string_view name) {
  return find_table_op(name, TableVersion::k1_15);
}

const proto::OpDef& export_op_def(std::string_view name) {
  for (const TableVersion version : {TableVersion::k1_15, TableVersion::k2_21}) {
    if (const proto::OpDef* op = find_table_op(name, version)) return *op;
  }
  throw errors::NotFoundError("Op type not registered '" + std::string(name) +
                              "' in binary. Neither TensorFlow 1.15 nor 2.21 has such an "
                              "operation; check the name in the graph.");
}

std::vector<std::string_view> all_op_names() {
  std::vector<std::string_view> names;
  names.reserve(kLineCount);
  for (const char* const* line = first_op(); line != std::end(kLines); ++line) {
    names.push_back(op_line_name(*line));
  }
  return names;
}

}  // namespace tensorkeep::graph
