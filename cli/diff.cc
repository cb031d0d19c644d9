#include "tensorkeep/diff.h"

#include <fmt/format.h>

#include <tuple>

#include "progress.h"
#include "text.h"
#include "verbs.h"

namespace tensorkeep::cli {
namespace {

using Kind = TensorDifference::Kind;

const char* name_of_kind(Kind kind) {
  switch (kind) {
    case Kind::kOnlyInFirst:
      return "only in A";
    case Kind::kOnlyInSecond:
      return "only in B";
    case Kind::kType:
      return "type";
    case Kind::kShape:
      return "shape";
    case Kind::kValues:
      return "values";
    case Kind::kNotCompared:
      return "not compared";
  }
  return "";
}

bool is_numeric(DType dtype) {
  return size_of(dtype) > 0;
}

std::string details(const TensorDifference& difference) {
  const auto& [a, b] = difference.dtypes;
  const auto& shapes = difference.shapes;
  switch (difference.kind) {
    case Kind::kOnlyInFirst:
      return fmt::format("{} {}", name_of(a), shapes[0].debug_string());
    case Kind::kOnlyInSecond:
      return fmt::format("{} {}", name_of(b), shapes[1].debug_string());
    case Kind::kType:
      return fmt::format("{} in A, {} in B", name_of(a), name_of(b));
    case Kind::kShape:
      return fmt::format("{} in A, {} in B", shapes[0].debug_string(), shapes[1].debug_string());
    case Kind::kNotCompared:
      return printable(difference.reason);
    case Kind::kValues:
      break;
  }
  std::string text = fmt::format("{} of {} elements", difference.different, difference.elements);
  if (is_numeric(a)) {
    text +=
        fmt::format(", by {:.6g} at most, relative {:.6g}", difference.max_abs, difference.max_rel);
  }
  return text;
}

void write_lines(Output& out, const DiffSummary& summary) {
  constexpr std::size_t kKindColumn = 12;
  for (const TensorDifference& difference : summary.differences) {
    out << fmt::format("{:<{}}  {}  ({})\n", name_of_kind(difference.kind), kKindColumn,
                       printable(difference.name), details(difference));
  }
  if (summary.differences.empty()) {
    out << fmt::format("all {} tensors are the same\n", summary.tensors);
  } else {
    out << fmt::format("{} of {} tensors differ\n", summary.differences.size(), summary.tensors);
  }
}

void write_json(Output& out, const DiffSummary& summary) {
  out << fmt::format("{{\"same\": {}, \"tensors\": {}, \"differences\": [",
                     summary.differences.empty(), summary.tensors);
  for (const TensorDifference& difference : summary.differences) {
    if (&difference != summary.differences.data()) out << ",";
    out << fmt::format("\n{{\"name\": {}, \"difference\": \"{}\"", json_string(difference.name),
                       name_of_kind(difference.kind));
    const bool in_a = difference.kind != Kind::kOnlyInSecond;
    const bool in_b = difference.kind != Kind::kOnlyInFirst;
    for (const auto& [there, i, side] : {std::tuple(in_a, 0u, "a"), std::tuple(in_b, 1u, "b")}) {
      if (!there) continue;
      out << fmt::format(", \"{}\": {{\"dtype\": {}, \"shape\": [{}]}}", side,
                         json_string(name_of(difference.dtypes[i])),
                         fmt::join(difference.shapes[i].dims(), ", "));
    }
    if (difference.kind == Kind::kNotCompared) {
      out << ", \"reason\": " << json_string(difference.reason);
    } else if (difference.kind == Kind::kValues) {
      out << fmt::format(", \"elements\": {}, \"different\": {}", difference.elements,
                         difference.different);
      if (is_numeric(difference.dtypes[0])) {
        out << fmt::format(", \"max_abs\": {}, \"max_rel\": {}", json_number(difference.max_abs),
                           json_number(difference.max_rel));
      }
    }
    out << "}";
  }
  out << (summary.differences.empty() ? "]}\n" : "\n]}\n");
}

}  // namespace

int diff(const DiffVerbOptions& options, Output& out) {
  if (!(options.rtol >= 0) || !(options.atol >= 0)) {
    throw UsageError("--rtol and --atol are numbers from 0 on");
  }
  const DiffSummary summary = [&] {
    ProgressBar bar("comparing");
    return diff_tensors(options.first, options.second, {.rtol = options.rtol, .atol = options.atol},
                        bar.callback());
  }();
  if (options.json) {
    write_json(out, summary);
  } else {
    write_lines(out, summary);
  }
  return summary.differences.empty() ? 0 : 1;
}

}  // namespace tensorkeep::cli
