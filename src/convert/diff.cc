#include "tensorkeep/diff.h"

#include <algorithm>
#include <optional>

#include "convert/element_diff.h"
#include "convert/sink.h"
#include "io/default_file_system.h"
#include "tensorkeep/errors.h"

namespace tensorkeep {
namespace {

using convert::StoredTensor;
using convert::TensorSource;
using Kind = TensorDifference::Kind;

constexpr std::size_t kPiece = std::size_t{1} << 20;

// A tensor in one of the two files.
struct Side {
  const TensorSource& source;
  std::size_t position;
  const StoredTensor& tensor() const { return source.tensors()[position]; }
};

void compare_numbers(const Side& a, const Side& b, const DiffOptions& options,
                     convert::Meter& meter, TensorDifference& difference) {
  const auto left = a.source.open(a.position);
  const auto right = b.source.open(b.position);
  std::vector<std::byte> left_piece(kPiece);
  std::vector<std::byte> right_piece(kPiece);
  while (true) {
    const std::size_t count = left->read(left_piece);
    const std::size_t other = right->read(right_piece);
    const std::size_t both = std::min(count, other);
    if (both == 0) return;
    convert::compare_elements(a.tensor().dtype, std::span(left_piece).first(both),
                              std::span(right_piece).first(both), options, difference);
    meter.advance(count + other);
  }
}

void compare_strings(const Side& a, const Side& b, convert::Meter& meter,
                     TensorDifference& difference) {
  const Tensor left = a.source.read(a.position);
  const Tensor right = b.source.read(b.position);
  const auto x = left.data<std::string>();
  const auto y = right.data<std::string>();
  for (std::size_t i = 0; i < x.size(); ++i) difference.different += x[i] != y[i];
  meter.advance(a.tensor().bytes + b.tensor().bytes);
}

// Only whether all is the same can be told.
void compare_stored(const Side& a, const Side& b, convert::Meter& meter,
                    TensorDifference& difference) {
  if (a.source.stored(a.position).bytes != b.source.stored(b.position).bytes) {
    difference.different = difference.elements;
  }
  meter.advance(a.tensor().bytes + b.tensor().bytes);
}

TensorDifference difference_of(Kind kind, const Side* a, const Side* b) {
  TensorDifference difference;
  difference.kind = kind;
  difference.name = (a != nullptr ? a : b)->tensor().name;
  for (std::size_t i = 0; i < 2; ++i) {
    const Side* side = i == 0 ? a : b;
    if (side == nullptr) continue;
    difference.dtypes[i] = side->tensor().dtype;
    difference.shapes[i] = side->tensor().shape;
  }
  return difference;
}

std::optional<TensorDifference> compare(const Side& a, const Side& b, const DiffOptions& options,
                                        convert::Meter& meter) {
  for (const Side* side : {&a, &b}) {
    if (side->tensor().obstacle.empty()) continue;
    TensorDifference difference = difference_of(Kind::kNotCompared, &a, &b);
    difference.reason = side->tensor().obstacle;
    return difference;
  }
  convert::check_described(a.source, a.position);
  convert::check_described(b.source, b.position);
  const DType dtype = a.tensor().dtype;
  if (dtype != b.tensor().dtype) return difference_of(Kind::kType, &a, &b);
  if (a.tensor().shape != b.tensor().shape) return difference_of(Kind::kShape, &a, &b);
  TensorDifference difference = difference_of(Kind::kValues, &a, &b);
  difference.elements = a.tensor().shape.num_elements();
  if (dtype == DType::kString) {
    compare_strings(a, b, meter, difference);
  } else if (size_of(dtype) == 0) {
    compare_stored(a, b, meter, difference);
  } else {
    compare_numbers(a, b, options, meter, difference);
  }
  return difference.different > 0 ? std::optional(difference) : std::nullopt;
}

}  // namespace

DiffSummary diff_tensors(const std::string& first, const std::string& second,
                         const DiffOptions& options, const train::Progress& progress) {
  io::FileSystem& files = io::default_file_system();
  const auto a = convert::open_source(files, first);
  const auto b = convert::open_source(files, second);
  convert::Meter meter(convert::total_bytes(*a) + convert::total_bytes(*b), progress);
  DiffSummary summary;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a->tensors().size() || j < b->tensors().size()) {
    const bool in_first = i < a->tensors().size();
    const bool in_second = j < b->tensors().size();
    const int order = !in_first    ? 1
                      : !in_second ? -1
                                   : a->tensors()[i].name.compare(b->tensors()[j].name);
    const Side left{*a, i};
    const Side right{*b, j};
    ++summary.tensors;
    if (order < 0) {
      summary.differences.push_back(difference_of(Kind::kOnlyInFirst, &left, nullptr));
      meter.advance(left.tensor().bytes);
    } else if (order > 0) {
      summary.differences.push_back(difference_of(Kind::kOnlyInSecond, nullptr, &right));
      meter.advance(right.tensor().bytes);
    } else if (auto difference = compare(left, right, options, meter)) {
      summary.differences.push_back(std::move(*difference));
    }
    i += order <= 0;
    j += order >= 0;
  }
  return summary;
}

}  // namespace tensorkeep
