#pragma once

#include <concepts>
#include <map>
#include <string>
#include <utility>

#include "tensorkeep/graph.h"
#include "tensorkeep/proto.h"

// Which tensors of a graph are its inputs and outputs, by the names that those who serve it use.
namespace tensorkeep::saved_model {

using proto::SignatureDef;
using proto::TensorInfo;

namespace signature_constants {
inline constexpr const char* DEFAULT_SERVING_SIGNATURE_DEF_KEY = "serving_default";
inline constexpr const char* PREDICT_METHOD_NAME = "tensorflow/serving/predict";
inline constexpr const char* PREDICT_INPUTS = "inputs";
inline constexpr const char* PREDICT_OUTPUTS = "outputs";
inline constexpr const char* CLASSIFY_METHOD_NAME = "tensorflow/serving/classify";
inline constexpr const char* CLASSIFY_INPUTS = "inputs";
inline constexpr const char* CLASSIFY_OUTPUT_CLASSES = "classes";
inline constexpr const char* CLASSIFY_OUTPUT_SCORES = "scores";
inline constexpr const char* REGRESS_METHOD_NAME = "tensorflow/serving/regress";
inline constexpr const char* REGRESS_INPUTS = "inputs";
inline constexpr const char* REGRESS_OUTPUTS = "outputs";
}  // namespace signature_constants

// A tensor's name, type and shape.
TensorInfo build_tensor_info(const Output& tensor);

// The tensor that a TensorInfo names, below `import_scope`; of the default graph, if none is given.
// Throws InvalidArgumentError (ValueError) for the parts of a sparse or composite tensor, and what
// Graph::get_tensor_by_name throws.
Output get_tensor_from_tensor_info(const TensorInfo& tensor_info, const Graph* graph = nullptr,
                                   const std::string& import_scope = {});

// A tensor in a signature: of a graph, a variable's value, or a message.
class SignatureTensor {
 public:
  SignatureTensor(TensorInfo info) : info_(std::move(info)) {}
  SignatureTensor(const Output& tensor) : info_(build_tensor_info(tensor)) {}
  template <typename T>
  requires requires(const T& t) {
    { t.as_graph_element() } -> std::convertible_to<Output>;
  }
  SignatureTensor(const T& variable) : SignatureTensor(Output(variable.as_graph_element())) {}

  const TensorInfo& info() const { return info_; }

 private:
  TensorInfo info_;
};
using SignatureTensors = std::map<std::string, SignatureTensor>;

SignatureDef build_signature_def(const SignatureTensors& inputs = {},
                                 const SignatureTensors& outputs = {},
                                 const std::string& method_name = {});

// Signatures of the kinds that TensorFlow Serving has. Throw InvalidArgumentError (ValueError) if
// there are no inputs or outputs, or their types are not what the kind wants: examples and classes
// are strings, scores and what a regression predicts float32.
SignatureDef predict_signature_def(const SignatureTensors& inputs, const SignatureTensors& outputs);
SignatureDef regression_signature_def(const SignatureTensor& examples,
                                      const SignatureTensor& predictions);
// `outputs` are "classes", "scores" or both.
SignatureDef classification_signature_def(const SignatureTensor& examples,
                                          const SignatureTensors& outputs);

// Whether TensorFlow Serving can serve it: it is of one of these kinds, with that kind's tensors.
bool is_valid_signature(const SignatureDef& signature_def);

}  // namespace tensorkeep::saved_model
