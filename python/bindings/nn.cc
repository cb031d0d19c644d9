#include <nanobind/nanobind.h>

#include "bindings.h"
#include "convert.h"
#include "docstrings.h"
#include "python_objects.h"
#include "variable_arguments.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

using Unary = Output (*)(const Input&, const Name&);

struct Activation {
  const char* name;
  Unary function;
  const char* argument = "features";
};
const Activation kActivations[] = {
    {"relu", &nn::relu},
    {"relu6", &nn::relu6},
    {"elu", &nn::elu},
    {"selu", &nn::selu},
    {"softplus", &nn::softplus},
    {"softsign", &nn::softsign},
    {"sigmoid", &nn::sigmoid, "x"},
    {"tanh", &nn::tanh, "x"},
    {"l2_loss", &nn::l2_loss, "t"},
    {"zero_fraction", &nn::zero_fraction, "value"},
};

// A number for each dimension: of [h, w], of one number, or of all four.
std::vector<std::int64_t> four(const Ints& ints, const std::string& data_format) {
  if (ints.value.size() == 4) return ints.value;
  std::vector<std::int64_t> two = ints.value;
  if (two.size() == 1) two.push_back(two[0]);
  if (two.size() != 2) {
    errors::raise_value_error(
        "strides, dilations and sizes should be of length 1, 2 or 4 but were " +
        std::to_string(ints.value.size()));
  }
  if (data_format == "NCHW") return {1, 1, two[0], two[1]};
  return {1, two[0], two[1], 1};
}

std::vector<std::int64_t> dilations_of(const Ints& ints, const std::string& data_format) {
  return ints.value.empty() ? std::vector<std::int64_t>{1, 1, 1, 1} : four(ints, data_format);
}

struct Padding {
  std::string name;
  std::vector<std::int64_t> explicit_paddings;
};

Padding padding_of(nb::handle object) {
  if (object.is_none()) errors::raise_value_error("padding must be given");
  if (PyUnicode_Check(object.ptr()) || PyBytes_Check(object.ptr())) {
    const std::string name = to_text(object);
    if (name != "SAME" && name != "VALID") {
      errors::raise_value_error("Unknown padding: " + name + " (SAME, VALID, or a list of pairs)");
    }
    return {name, {}};
  }
  Padding padding{"EXPLICIT", {}};
  for (const nb::handle pair : object) {
    for (const std::int64_t size : to_ints(pair).value) padding.explicit_paddings.push_back(size);
  }
  return padding;
}

void bind_activations(nb::module_& m) {
  for (const auto& [name, function, argument] : kActivations) {
    m.def(
        name,
        [function = function](const Input& x, const Text& op_name) {
          return function(x, {op_name.value});
        },
        nb::arg(argument).none(), "name"_a = nb::none(), docstring(name));
  }
  m.def(
      "leaky_relu",
      [](const Input& features, double alpha, const Text& name) {
        return nn::leaky_relu(features, {.alpha = alpha, .name = name.value});
      },
      "features"_a, "alpha"_a = 0.2, "name"_a = nb::none(),
      "x where it is positive, `alpha` * x elsewhere.");
  const auto along_axis = [&](const char* name,
                              Output (*function)(const Input&, const nn::SoftmaxOptions&)) {
    m.def(
        name,
        [function](const Input& logits, nb::handle axis, const Text& op_name, nb::handle dim) {
          const nb::handle along = axis.is_none() ? dim : axis;
          return function(
              logits, {.axis = along.is_none() ? -1 : nb::cast<int>(along), .name = op_name.value});
        },
        "logits"_a, "axis"_a = nb::none(), "name"_a = nb::none(), "dim"_a = nb::none(),
        docstring(name));
  };
  along_axis("softmax", &nn::softmax);
  along_axis("log_softmax", &nn::log_softmax);
  m.def(
      "bias_add",
      [](const Input& value, const Input& bias, const Text& data_format, const Text& name) {
        return nn::bias_add(value, bias, {.data_format = data_format.value, .name = name.value});
      },
      "value"_a, "bias"_a, "data_format"_a = nb::none(), "name"_a = nb::none(),
      "`value` plus a vector along its last dimension, or along its second with `data_format` "
      "NCHW.");
  m.def(
      "xw_plus_b",
      [](const Input& x, const Input& weights, const Input& biases, const Text& name) {
        return nn::xw_plus_b(x, weights, biases, {name.value});
      },
      "x"_a, "weights"_a, "biases"_a, "name"_a = nb::none(),
      "x [n, in] times weights [in, out], plus biases [out].");
}

void bind_normalization(nb::module_& m) {
  m.def(
      "moments",
      [](const Input& x, const Input& axes, nb::handle, const Text& name, nb::handle keep_dims,
         nb::handle keepdims) {
        const bool keep =
            to_optional_bool(keepdims.is_none() ? keep_dims : keepdims).value_or(false);
        const auto [mean, variance] = nn::moments(x, axes, {.keep_dims = keep, .name = name.value});
        return nb::make_tuple(wrap(mean), wrap(variance));
      },
      "x"_a, "axes"_a, "shift"_a = nb::none(), "name"_a = nb::none(), "keep_dims"_a = nb::none(),
      "keepdims"_a = nb::none(), "A pair (mean, variance) over the axes.");
  m.def(
      "batch_normalization",
      [](const Input& x, const Input& mean, const Input& variance, const OptionalInput& offset,
         const OptionalInput& scale, const Input& variance_epsilon, const Text& name) {
        return nn::batch_normalization(x, mean, variance, offset.value, scale.value,
                                       variance_epsilon, {name.value});
      },
      "x"_a, "mean"_a, "variance"_a, "offset"_a, "scale"_a, "variance_epsilon"_a,
      "name"_a = nb::none(),
      "(x - mean) / sqrt(variance + variance_epsilon), times `scale`, plus `offset`, where they "
      "are not None.");
  m.def(
      "fused_batch_norm",
      [](const Input& x, const Input& scale, const Input& offset, const OptionalInput& mean,
         const OptionalInput& variance, double epsilon, const std::string& data_format,
         bool is_training, const Text& name, nb::handle) {
        const auto result = nn::fused_batch_norm(x, scale, offset,
                                                 {.mean = mean.value,
                                                  .variance = variance.value,
                                                  .epsilon = epsilon,
                                                  .data_format = data_format,
                                                  .is_training = is_training,
                                                  .name = name.value});
        return nb::make_tuple(wrap(result.y), wrap(result.batch_mean), wrap(result.batch_variance));
      },
      "x"_a, "scale"_a, "offset"_a, "mean"_a = nb::none(), "variance"_a = nb::none(),
      "epsilon"_a = 0.001, "data_format"_a = "NHWC", "is_training"_a = true, "name"_a = nb::none(),
      "exponential_avg_factor"_a = 1.0,
      "(y, mean, variance) of images of rank 4, normalised by the batch's moments, or by the given "
      "ones if not `is_training`.");
  m.def(
      "l2_normalize",
      [](const Input& x, const OptionalInput& axis, double epsilon, const Text& name,
         const OptionalInput& dim) {
        return nn::l2_normalize(x, axis.value.is_none() ? dim.value : axis.value,
                                {.epsilon = epsilon, .name = name.value});
      },
      "x"_a, "axis"_a = nb::none(), "epsilon"_a = 1e-12, "name"_a = nb::none(),
      "dim"_a = nb::none(),
      "The tensor divided by its L2 norm along `axis`; the norm's square is at least `epsilon`.");
  m.def(
      "dropout",
      [](const Input& x, nb::handle keep_prob, nb::handle noise_shape, const OptionalInt& seed,
         const Text& name, nb::handle rate) {
        nn::DropoutOptions options{.seed = seed.value, .name = name.value};
        if (!keep_prob.is_none()) options.keep_prob = to_input(keep_prob);
        if (!rate.is_none()) options.rate = to_input(rate);
        if (!noise_shape.is_none()) options.noise_shape = to_input(noise_shape);
        return nn::dropout(x, options);
      },
      "x"_a, "keep_prob"_a = nb::none(), "noise_shape"_a = nb::none(), "seed"_a = nb::none(),
      "name"_a = nb::none(), "rate"_a = nb::none(),
      "Elements kept with probability `keep_prob`, scaled by its inverse, the others 0. `rate` is "
      "1 - keep_prob. Raises ValueError for a rate outside [0, 1).");
}

void check_sentinel(nb::handle sentinel, const char* name) {
  if (sentinel.is_none()) return;
  errors::raise_value_error(std::string("Only call `") + name +
                            "` with named arguments (labels=..., logits=..., ...)");
}

Input required(nb::handle object, const char* what) {
  if (object.is_none())
    errors::raise_value_error(std::string("Both labels and logits must be provided. Missing: ") +
                              what);
  return to_input(object);
}

void bind_losses(nb::module_& m) {
  const auto classes = [&](const char* name, Output (*function)(const nn::CrossEntropyArguments&)) {
    m.def(
        name,
        [function, name](nb::handle sentinel, nb::handle labels, nb::handle logits, int dim,
                         const Text& op_name, nb::handle axis) {
          check_sentinel(sentinel, name);
          return function({.labels = required(labels, "labels"),
                           .logits = required(logits, "logits"),
                           .axis = axis.is_none() ? dim : nb::cast<int>(axis),
                           .name = op_name.value});
        },
        "_sentinel"_a = nb::none(), "labels"_a = nb::none(), "logits"_a = nb::none(), "dim"_a = -1,
        "name"_a = nb::none(), "axis"_a = nb::none(), docstring(name));
  };
  classes("softmax_cross_entropy_with_logits", &nn::softmax_cross_entropy_with_logits);
  m.def(
      "softmax_cross_entropy_with_logits_v2",
      [](const Input& labels, const Input& logits, nb::handle axis, const Text& name,
         nb::handle dim) {
        const nb::handle along = axis.is_none() ? dim : axis;
        return nn::softmax_cross_entropy_with_logits_v2(
            {.labels = labels,
             .logits = logits,
             .axis = along.is_none() ? -1 : nb::cast<int>(along),
             .name = name.value});
      },
      "labels"_a, "logits"_a, "axis"_a = nb::none(), "name"_a = nb::none(), "dim"_a = nb::none(),
      "The cross entropy of labels and softmax(logits) along `axis`: [batch, classes] gives "
      "[batch]. Gradients go to the labels too.");
  const auto loss = [&](const char* name, Output (*function)(const nn::LossArguments&)) {
    m.def(
        name,
        [function, name](nb::handle sentinel, nb::handle labels, nb::handle logits,
                         const Text& op_name) {
          check_sentinel(sentinel, name);
          return function({.labels = required(labels, "labels"),
                           .logits = required(logits, "logits"),
                           .name = op_name.value});
        },
        "_sentinel"_a = nb::none(), "labels"_a = nb::none(), "logits"_a = nb::none(),
        "name"_a = nb::none(), docstring(name));
  };
  loss("sparse_softmax_cross_entropy_with_logits", &nn::sparse_softmax_cross_entropy_with_logits);
  loss("sigmoid_cross_entropy_with_logits", &nn::sigmoid_cross_entropy_with_logits);
  m.def(
      "in_top_k",
      [](const Input& predictions, const Input& targets, const Input& k, const Text& name) {
        return nn::in_top_k(predictions, targets, k, {name.value});
      },
      "predictions"_a, "targets"_a, "k"_a, "name"_a = nb::none(),
      "Whether predictions[i, targets[i]] is among the k largest of row i, a vector of bools.");
}

void bind_embeddings(nb::module_& m) {
  m.def(
      "embedding_lookup",
      [](nb::handle params, const Input& ids, const std::string& partition_strategy,
         const Text& name, bool, nb::handle max_norm) {
        nn::EmbeddingLookupOptions options{.partition_strategy = partition_strategy,
                                           .name = name.value};
        if (!max_norm.is_none()) options.max_norm = to_input(max_norm);
        if (params.is_none()) errors::raise_value_error("params must be specified");
        if (nb::isinstance<PartitionedVariableRef>(params)) {
          return nn::embedding_lookup(nb::inst_ptr<PartitionedVariableRef>(params)->variable, ids,
                                      options);
        }
        if (PyList_Check(params.ptr()) || PyTuple_Check(params.ptr())) {
          return nn::embedding_lookup(to_inputs(params), ids, options);
        }
        return nn::embedding_lookup(to_input(params), ids, options);
      },
      "params"_a, "ids"_a, "partition_strategy"_a = "mod", "name"_a = nb::none(),
      "validate_indices"_a = true, "max_norm"_a = nb::none(),
      "The rows of `params`, a table or its parts, that `ids` names: [ids' shape, row's shape]. "
      "Raises ValueError for no params.");
}

void bind_convolutions(nb::module_& m) {
  m.def(
      "conv2d",
      [](const Input& input, nb::handle filter, const Ints& strides, nb::handle padding,
         bool use_cudnn_on_gpu, const std::string& data_format, const Ints& dilations,
         const Text& name, nb::handle filters) {
        const Padding pad = padding_of(padding);
        return nn::conv2d(input, to_input(filter.is_none() ? filters : filter),
                          {.strides = four(strides, data_format),
                           .padding = pad.name,
                           .explicit_paddings = pad.explicit_paddings,
                           .use_cudnn_on_gpu = use_cudnn_on_gpu,
                           .data_format = data_format,
                           .dilations = dilations_of(dilations, data_format),
                           .name = name.value});
      },
      "input"_a, "filter"_a = nb::none(), "strides"_a = nb::none(), "padding"_a = nb::none(),
      "use_cudnn_on_gpu"_a = true, "data_format"_a = "NHWC", "dilations"_a = nb::none(),
      "name"_a = nb::none(), "filters"_a = nb::none(),
      "Images [batch, height, width, in] convolved with a filter [height, width, in, out]. "
      "`padding`: SAME, VALID, or pairs for each dimension. Raises ValueError if channels do not "
      "agree.");
  const auto backward =
      [&](const char* name, const char* first, const char* second,
          Output (*function)(const Input&, const Input&, const Input&, const nn::Conv2dOptions&)) {
        m.def(
            name,
            [function](const Input& a, const Input& b, const Input& out_backprop,
                       const Ints& strides, nb::handle padding, bool use_cudnn_on_gpu,
                       const std::string& data_format, const Ints& dilations, const Text& op_name) {
              const Padding pad = padding_of(padding);
              return function(a, b, out_backprop,
                              {.strides = four(strides, data_format),
                               .padding = pad.name,
                               .explicit_paddings = pad.explicit_paddings,
                               .use_cudnn_on_gpu = use_cudnn_on_gpu,
                               .data_format = data_format,
                               .dilations = dilations_of(dilations, data_format),
                               .name = op_name.value});
            },
            nb::arg(first).none(), nb::arg(second).none(), "out_backprop"_a, "strides"_a,
            "padding"_a, "use_cudnn_on_gpu"_a = true, "data_format"_a = "NHWC",
            "dilations"_a = nb::none(), "name"_a = nb::none(), docstring(name));
      };
  backward("conv2d_backprop_input", "input_sizes", "filter", &nn::conv2d_backprop_input);
  backward("conv2d_backprop_filter", "input", "filter_sizes", &nn::conv2d_backprop_filter);
  const auto depthwise = [](const Input& input, const Input& filter, const Ints& strides,
                            nb::handle padding, const Ints& rate, const Text& name,
                            const Text& data_format, const Ints& dilations) {
    const std::string format = data_format.value.empty() ? "NHWC" : data_format.value;
    const Padding pad = padding_of(padding);
    return nn::depthwise_conv2d(
        input, filter,
        {.strides = four(strides, format),
         .padding = pad.name,
         .explicit_paddings = pad.explicit_paddings,
         .data_format = format,
         .dilations = dilations_of(dilations.value.empty() ? rate : dilations, format),
         .name = name.value});
  };
  m.def("depthwise_conv2d", depthwise, "input"_a, "filter"_a, "strides"_a, "padding"_a,
        "rate"_a = nb::none(), "name"_a = nb::none(), "data_format"_a = nb::none(),
        "dilations"_a = nb::none(),
        "A filter [height, width, in, multiplier] for each channel: in * multiplier channels. "
        "`rate` or `dilations` spread it.");
  m.def(
      "depthwise_conv2d_native",
      [](const Input& input, const Input& filter, const Ints& strides, nb::handle padding,
         const std::string& data_format, const Ints& dilations, const Text& name) {
        const Padding pad = padding_of(padding);
        return nn::depthwise_conv2d_native(input, filter,
                                           {.strides = four(strides, data_format),
                                            .padding = pad.name,
                                            .explicit_paddings = pad.explicit_paddings,
                                            .data_format = data_format,
                                            .dilations = dilations_of(dilations, data_format),
                                            .name = name.value});
      },
      "input"_a, "filter"_a, "strides"_a, "padding"_a, "data_format"_a = "NHWC",
      "dilations"_a = nb::none(), "name"_a = nb::none(),
      "A filter [height, width, in, multiplier] for each channel: in * multiplier channels.");
  const auto pool = [&](const char* name,
                        Output (*function)(const Input&, const nn::PoolOptions&)) {
    m.def(
        name,
        [function](nb::handle value, const Ints& ksize, const Ints& strides, nb::handle padding,
                   const std::string& data_format, const Text& op_name, nb::handle input) {
          return function(to_input(value.is_none() ? input : value),
                          {.ksize = four(ksize, data_format),
                           .strides = four(strides, data_format),
                           .padding = padding_of(padding).name,
                           .data_format = data_format,
                           .name = op_name.value});
        },
        "value"_a = nb::none(), "ksize"_a = nb::none(), "strides"_a = nb::none(),
        "padding"_a = nb::none(), "data_format"_a = "NHWC", "name"_a = nb::none(),
        "input"_a = nb::none(), docstring(name));
  };
  pool("max_pool", &nn::max_pool);
  pool("avg_pool", &nn::avg_pool);
}

}  // namespace

void bind_nn(nb::module_& root) {
  nb::module_ m = root.def_submodule("nn", "Operations of neural networks.");
  bind_activations(m);
  bind_normalization(m);
  bind_losses(m);
  bind_embeddings(m);
  bind_convolutions(m);
}

}  // namespace tensorkeep::python
