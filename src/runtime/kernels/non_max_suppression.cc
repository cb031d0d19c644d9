#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"

// The best of overlapping boxes.
namespace tensorkeep::runtime {
namespace {

// The part of two boxes' union that both cover; corners may come in any order.
float overlap(const float* a, const float* b) {
  const auto area = [](const float* box) {
    return (std::max(box[0], box[2]) - std::min(box[0], box[2])) *
           (std::max(box[1], box[3]) - std::min(box[1], box[3]));
  };
  if (area(a) <= 0 || area(b) <= 0) return 0;
  const auto common = [&](int i) {
    const float begin = std::max(std::min(a[i], a[i + 2]), std::min(b[i], b[i + 2]));
    const float end = std::min(std::max(a[i], a[i + 2]), std::max(b[i], b[i + 2]));
    return std::max(end - begin, 0.0f);
  };
  const float both = common(0) * common(1);
  return both / (area(a) + area(b) - both);
}

float threshold_of(const KernelContext& c, int index, const char* name) {
  if (c.input_shape(index).rank() != 0) {
    c.fail(fmt::format("{} must be 0-D, got shape {}", name, c.input_shape(index).debug_string()));
  }
  return widen(c.input(index)).value<float>();
}

// From the highest score down, boxes that overlap none of those chosen by more than a threshold.
void non_max_suppression(KernelContext& c) {
  const Shape& shape = c.input_shape(0);
  if (shape.rank() != 2) c.fail("boxes must be 2-D" + shape.debug_string());
  if (shape.dim(1) != 4) c.fail("boxes must have 4 columns");
  if (c.input_shape(1) != Shape{shape.dim(0)}) c.fail("scores has incompatible shape");
  if (c.input_shape(2).rank() != 0) {
    c.fail("max_output_size must be 0-D, got shape " + c.input_shape(2).debug_string());
  }
  const std::int64_t most = integer(c, 2);
  if (most < 0) c.fail("output size must be non-negative");
  const float limit = c.num_inputs() > 3 ? threshold_of(c, 3, "iou_threshold")
                                         : static_cast<float>(c.op().attr_float("iou_threshold"));
  if (!(limit >= 0 && limit <= 1)) c.fail("iou_threshold must be in [0, 1]");
  const float lowest = c.num_inputs() > 4 ? threshold_of(c, 4, "score_threshold")
                                          : -std::numeric_limits<float>::infinity();
  const Tensor boxes = widen(c.input(0));
  const Tensor scores = widen(c.input(1));
  const float* box = boxes.data<float>().data();
  const auto score = scores.data<float>();
  std::vector<std::int64_t> order;
  for (std::size_t i = 0; i < score.size(); ++i) {
    if (score[i] > lowest) order.push_back(static_cast<std::int64_t>(i));
  }
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t i, std::int64_t j) {
    return score[static_cast<std::size_t>(i)] > score[static_cast<std::size_t>(j)];
  });
  std::vector<std::int64_t> chosen;
  for (const std::int64_t i : order) {
    if (static_cast<std::int64_t>(chosen.size()) >= most) break;
    const bool free = std::none_of(chosen.begin(), chosen.end(), [&](std::int64_t j) {
      return overlap(box + i * 4, box + j * 4) > limit;
    });
    if (free) chosen.push_back(i);
  }
  c.set_output(0, integer_vector(DType::kInt32, chosen));
}

}  // namespace

void register_non_max_suppression_kernels(KernelRegistry& registry) {
  registry.add_function("NonMaxSuppression", non_max_suppression);
  registry.add_function("NonMaxSuppressionV2", non_max_suppression);
  registry.add_function("NonMaxSuppressionV3", non_max_suppression);
}

}  // namespace tensorkeep::runtime
