#include "graph/shape_inference.h"
#include "ops/families.h"
#include "ops/op_scope.h"

// Operations that make Summary messages of values: each gives one string.
namespace tensorkeep::ops {

void register_summary(OpRegistry& registry) {
  for (const char* op : {"ScalarSummary", "HistogramSummary", "MergeSummary", "ImageSummary",
                         "AudioSummary", "AudioSummaryV2", "TensorSummary", "TensorSummaryV2"}) {
    registry.add(op, {.shape = shape_fn::scalar, .not_differentiable = true});
  }
}

}  // namespace tensorkeep::ops
