#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/input.h"
#include "tensorkeep/options.h"

namespace tensorkeep {
class AnyVariable;          // of variable_scope.h
class PartitionedVariable;  // of partitioned_variables.h
}  // namespace tensorkeep

// What neural networks are made of. Errors are InvalidArgumentError (ValueError in Python) in
// TensorFlow's words.
namespace tensorkeep::nn {

// Element by element.
Output relu(const Input& features, const Name& name = {});
Output relu6(const Input& features, const Name& name = {});  // min(max(x, 0), 6)
Output elu(const Input& features, const Name& name = {});
Output selu(const Input& features, const Name& name = {});
Output softplus(const Input& features, const Name& name = {});  // log(1 + exp(x))
Output softsign(const Input& features, const Name& name = {});  // x / (1 + |x|)
Output sigmoid(const Input& x, const Name& name = {});
Output tanh(const Input& x, const Name& name = {});

struct LeakyReluOptions {
  double alpha = 0.2;
  std::string name = {};
};
Output leaky_relu(const Input& features, const LeakyReluOptions& options = {});

struct SoftmaxOptions {
  int axis = -1;  // along another than the last the input is transposed, so its rank must be known
  std::string name = {};
};
Output softmax(const Input& logits, const SoftmaxOptions& options = {});
Output log_softmax(const Input& logits, const SoftmaxOptions& options = {});

struct BiasOptions {
  std::string data_format = {};  // "N...C" (the default) or "NC..."
  std::string name = {};
};
// value + bias along the channels.
Output bias_add(const Input& value, const Input& bias, const BiasOptions& options = {});
Output xw_plus_b(const Input& x, const Input& weights, const Input& biases, const Name& name = {});

Output l2_loss(const Input& t, const Name& name = {});  // sum(t^2) / 2

struct MomentsOptions {
  bool keep_dims = false;
  std::string name = {};
};
// Mean and variance (of all elements, not of a sample) along `axes`, a number or a list of numbers.
std::pair<Output, Output> moments(const Input& x, const Input& axes,
                                  const MomentsOptions& options = {});

// (x - mean) / sqrt(variance + variance_epsilon) * scale + offset; `offset` and `scale` may be none
// (an empty Input).
Output batch_normalization(const Input& x, const Input& mean, const Input& variance,
                           const Input& offset, const Input& scale, const Input& variance_epsilon,
                           const Name& name = {});

struct FusedBatchNormOptions {
  Input mean = {};  // what was seen in training: where `is_training` is false
  Input variance = {};
  double epsilon = 0.001;
  std::string data_format = "NHWC";  // or "NCHW"
  bool is_training = true;
  std::string name = {};
};
struct FusedBatchNorm {
  Output y;
  Output batch_mean;
  Output batch_variance;  // in training that of a sample: divided by one less than the count
};
// The same in one operation, by the mean and variance of `x` itself in training.
FusedBatchNorm fused_batch_norm(const Input& x, const Input& scale, const Input& offset,
                                const FusedBatchNormOptions& options = {});

struct L2NormalizeOptions {
  double epsilon = 1e-12;
  std::string name = {};
};
// x / sqrt(max(sum(x^2), epsilon)) along `axis`; none means all dimensions.
Output l2_normalize(const Input& x, const Input& axis = {}, const L2NormalizeOptions& options = {});

// The share of elements that are zero, as a float32.
Output zero_fraction(const Input& value, const Name& name = {});

struct EmbeddingLookupOptions {
  std::string partition_strategy = "mod";        // or "div"
  std::optional<Input> max_norm = std::nullopt;  // of a row, which is scaled down to it
  std::string name = {};
};
// The rows of `params` for `ids`. Several params are parts of one table: with "mod" the row of id i
// is row i / n of part i % n, with "div" the parts follow one another in equal sizes.
Output embedding_lookup(const std::vector<Input>& params, const Input& ids,
                        const EmbeddingLookupOptions& options = {});
Output embedding_lookup(const Input& params, const Input& ids,
                        const EmbeddingLookupOptions& options = {});
// A PartitionedVariable, or what get_variable gave: its parts are the table's.
template <typename T>
requires(std::same_as<T, PartitionedVariable> || std::same_as<T, AnyVariable>) Output
    embedding_lookup(const T& params, const Input& ids,
                     const EmbeddingLookupOptions& options = {}) {
  const auto& parts = params.variables();
  return embedding_lookup(std::vector<Input>(parts.begin(), parts.end()), ids, options);
}

struct CrossEntropyArguments {
  Input labels;
  Input logits;
  int axis = -1;  // the classes'
  std::string name = {};
};
// One loss per row. The first does not pass gradients to the labels, the second does.
Output softmax_cross_entropy_with_logits(const CrossEntropyArguments& arguments);
Output softmax_cross_entropy_with_logits_v2(const CrossEntropyArguments& arguments);

struct LossArguments {
  Input labels;
  Input logits;
  std::string name = {};
};
// `labels` are the numbers of the classes; logits have one dimension more.
Output sparse_softmax_cross_entropy_with_logits(const LossArguments& arguments);
Output sigmoid_cross_entropy_with_logits(const LossArguments& arguments);

struct DropoutOptions {
  std::optional<Input> keep_prob = std::nullopt;
  std::optional<Input> rate = std::nullopt;  // 1 - keep_prob; one of the two
  std::optional<Input> noise_shape = std::nullopt;
  std::optional<std::int64_t> seed = std::nullopt;
  std::string name = {};
};
// Zeroes elements with probability `rate` and scales the others by 1 / (1 - rate).
Output dropout(const Input& x, const DropoutOptions& options);
// dropout(x, keep_prob); a template, so that braces always mean the options.
template <typename T>
requires std::is_convertible_v<T, Input> Output dropout(const Input& x, T keep_prob,
                                                        DropoutOptions options = {}) {
  options.keep_prob = Input(keep_prob);
  return dropout(x, options);
}

// targets[i] is among the k largest of predictions[i].
Output in_top_k(const Input& predictions, const Input& targets, const Input& k,
                const Name& name = {});

struct Conv2dOptions {
  std::vector<std::int64_t> strides = {};  // four; one per dimension of the input
  std::string padding = {};                // "SAME", "VALID" or "EXPLICIT"
  std::vector<std::int64_t> explicit_paddings = {};
  bool use_cudnn_on_gpu = true;
  std::string data_format = "NHWC";
  std::vector<std::int64_t> dilations = {1, 1, 1, 1};
  std::string name = {};
};
// `input` [batch, height, width, in], `filter` [height, width, in, out].
Output conv2d(const Input& input, const Input& filter, const Conv2dOptions& options);
Output conv2d_backprop_input(const Input& input_sizes, const Input& filter,
                             const Input& out_backprop, const Conv2dOptions& options);
Output conv2d_backprop_filter(const Input& input, const Input& filter_sizes,
                              const Input& out_backprop, const Conv2dOptions& options);

struct DepthwiseConv2dOptions {
  std::vector<std::int64_t> strides = {};
  std::string padding = {};
  std::vector<std::int64_t> explicit_paddings = {};
  std::string data_format = "NHWC";
  std::vector<std::int64_t> dilations = {1, 1, 1, 1};
  std::string name = {};
};
// Each channel by itself: `filter` [height, width, in, multiplier], the output has in * multiplier
// channels. depthwise_conv2d cuts a dilated one into parts of the batch, as TensorFlow does, where
// the sizes of the images and the filter must be known (UnimplementedError); it takes the two
// spatial dilations alone, too.
Output depthwise_conv2d(const Input& input, const Input& filter,
                        const DepthwiseConv2dOptions& options);
Output depthwise_conv2d_native(const Input& input, const Input& filter,
                               const DepthwiseConv2dOptions& options);

struct PoolOptions {
  std::vector<std::int64_t> ksize = {};
  std::vector<std::int64_t> strides = {};
  std::string padding = {};
  std::string data_format = "NHWC";
  std::string name = {};
};
Output max_pool(const Input& value, const PoolOptions& options);
Output avg_pool(const Input& value, const PoolOptions& options);

}  // namespace tensorkeep::nn
