#include "tensorkeep/signature_def.h"

#include <fmt/format.h>

#include <optional>
#include <set>

#include "proto/tensor_proto.h"
#include "tensorkeep/errors.h"
#include "train/scope_names.h"

namespace tensorkeep::saved_model {
namespace {

using namespace signature_constants;

// A kind's tensors of one direction: which there may be, and of what type.
using Wanted = std::map<std::string, proto::DataType>;

bool fits(const google::protobuf::Map<std::string, TensorInfo>& tensors, const Wanted& wanted) {
  if (tensors.empty()) return false;
  for (const auto& [key, info] : tensors) {
    const auto found = wanted.find(key);
    if (found == wanted.end() || info.dtype() != found->second) return false;
  }
  return true;
}

void check_type(const SignatureTensor& tensor, proto::DataType type, const char* what) {
  if (tensor.info().dtype() == type) return;
  errors::raise_value_error(fmt::format("{} must be of type {}. Found tensors with type {}.", what,
                                        type == proto::DT_STRING ? "string" : "float",
                                        name_of(static_cast<DType>(tensor.info().dtype()))));
}

}  // namespace

TensorInfo build_tensor_info(const Output& tensor) {
  TensorInfo info;
  info.set_name(tensor.name());
  info.set_dtype(static_cast<proto::DataType>(tensor.dtype()));
  *info.mutable_tensor_shape() = shape_to_proto(tensor.shape());
  return info;
}

Output get_tensor_from_tensor_info(const TensorInfo& tensor_info, const Graph* graph,
                                   const std::string& import_scope) {
  if (tensor_info.encoding_case() != TensorInfo::kName) {
    errors::raise_value_error("Invalid TensorInfo.encoding: expected `name`, of a dense tensor");
  }
  return (graph != nullptr ? *graph : get_default_graph())
      .get_tensor_by_name(train::prepend_scope(tensor_info.name(), import_scope));
}

SignatureDef build_signature_def(const SignatureTensors& inputs, const SignatureTensors& outputs,
                                 const std::string& method_name) {
  SignatureDef signature;
  for (const auto& [key, tensor] : inputs) (*signature.mutable_inputs())[key] = tensor.info();
  for (const auto& [key, tensor] : outputs) (*signature.mutable_outputs())[key] = tensor.info();
  signature.set_method_name(method_name);
  return signature;
}

SignatureDef predict_signature_def(const SignatureTensors& inputs,
                                   const SignatureTensors& outputs) {
  if (inputs.empty()) errors::raise_value_error("Prediction `inputs` cannot be None or empty.");
  if (outputs.empty()) errors::raise_value_error("Prediction `outputs` cannot be None or empty.");
  return build_signature_def(inputs, outputs, PREDICT_METHOD_NAME);
}

SignatureDef regression_signature_def(const SignatureTensor& examples,
                                      const SignatureTensor& predictions) {
  check_type(examples, proto::DT_STRING, "Regression input tensors");
  check_type(predictions, proto::DT_FLOAT, "Regression output tensors");
  return build_signature_def({{REGRESS_INPUTS, examples}}, {{REGRESS_OUTPUTS, predictions}},
                             REGRESS_METHOD_NAME);
}

SignatureDef classification_signature_def(const SignatureTensor& examples,
                                          const SignatureTensors& outputs) {
  if (outputs.empty()) {
    errors::raise_value_error("Classification `classes` and `scores` cannot both be None.");
  }
  check_type(examples, proto::DT_STRING, "Classification input tensors");
  for (const auto& [key, tensor] : outputs) {
    if (key == CLASSIFY_OUTPUT_CLASSES) {
      check_type(tensor, proto::DT_STRING, "Classification classes");
    } else if (key == CLASSIFY_OUTPUT_SCORES) {
      check_type(tensor, proto::DT_FLOAT, "Classification scores");
    } else {
      errors::raise_value_error(
          fmt::format("Classification outputs are `classes` and `scores`, not `{}`.", key));
    }
  }
  return build_signature_def({{CLASSIFY_INPUTS, examples}}, outputs, CLASSIFY_METHOD_NAME);
}

bool is_valid_signature(const SignatureDef& signature_def) {
  const auto& inputs = signature_def.inputs();
  const auto& outputs = signature_def.outputs();
  if (signature_def.method_name() == PREDICT_METHOD_NAME)
    return !inputs.empty() && !outputs.empty();
  if (signature_def.method_name() == REGRESS_METHOD_NAME) {
    return fits(inputs, {{REGRESS_INPUTS, proto::DT_STRING}}) &&
           fits(outputs, {{REGRESS_OUTPUTS, proto::DT_FLOAT}});
  }
  return signature_def.method_name() == CLASSIFY_METHOD_NAME &&
         fits(inputs, {{CLASSIFY_INPUTS, proto::DT_STRING}}) &&
         fits(outputs, {{CLASSIFY_OUTPUT_CLASSES, proto::DT_STRING},
                        {CLASSIFY_OUTPUT_SCORES, proto::DT_FLOAT}});
}

}  // namespace tensorkeep::saved_model
