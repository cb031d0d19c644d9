#include "slices/format.h"

#include <fmt/format.h>

#include "proto/saved_forms.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/proto/saved_tensor_slice.pb.h"

namespace tensorkeep::slices {
namespace {

SavedTensor decode_tensor(const proto::SavedSliceMeta& message) {
  SavedTensor tensor;
  tensor.name = message.name();
  tensor.dtype = static_cast<DType>(message.type());
  tensor.shape = Shape::unknown();
  if (!is_known(tensor.dtype) || is_ref(tensor.dtype)) {
    tensor.defect =
        fmt::format("Invalid type {} of tensor {}", static_cast<int>(message.type()), tensor.name);
    return tensor;
  }
  auto shape = decode_saved_shape(message.shape());
  if (!shape) {
    tensor.defect = fmt::format("Invalid tensor shape: {} {}", tensor.name,
                                message.shape().ShortDebugString().substr(0, 1000));
    return tensor;
  }
  tensor.shape = std::move(*shape);
  for (const auto& stored : message.slice()) {
    auto slice = decode_slice(stored);
    bool fits = slice.has_value();
    try {
      if (fits) slice->resolved(tensor.shape);
    } catch (const errors::InternalError&) {
      fits = false;
    }
    if (!fits) {
      tensor.slices.clear();
      tensor.defect =
          fmt::format("Invalid slice of tensor {}: {} in shape {}", tensor.name,
                      stored.ShortDebugString().substr(0, 1000), tensor.shape.debug_string());
      return tensor;
    }
    tensor.slices.push_back(std::move(*slice));
  }
  return tensor;
}

}  // namespace

void raise_no_meta(const std::string& file, const std::string& reason) {
  throw errors::DataLossError(
      fmt::format("Failed to find the saved tensor slices at the beginning of the checkpoint file: "
                  "{}: {}",
                  file, reason),
      {.file = file});
}

std::string encode_meta(std::span<const SavedTensor> tensors) {
  proto::SavedTensorSlices message;
  auto& meta = *message.mutable_meta();
  for (const SavedTensor& tensor : tensors) {
    auto& out = *meta.add_tensor();
    out.set_name(tensor.name);
    auto* shape = out.mutable_shape();  // there even if it stays empty
    for (const std::int64_t dim : tensor.shape.dims()) shape->add_dim()->set_size(dim);
    out.set_type(static_cast<proto::DataType>(tensor.dtype));
    for (const TensorSlice& slice : tensor.slices) encode_slice(slice, *out.add_slice());
  }
  meta.mutable_versions()->set_producer(kCheckpointVersion);
  return message.SerializeAsString();
}

std::vector<SavedTensor> decode_meta(std::string_view bytes, const std::string& file) {
  proto::SavedTensorSlices message;
  if (!parse_message(message, bytes)) raise_no_meta(file, "the record is no list of tensors");
  check_versions(message.meta().versions(), file);
  std::vector<SavedTensor> tensors;
  tensors.reserve(static_cast<std::size_t>(message.meta().tensor_size()));
  for (const auto& tensor : message.meta().tensor()) tensors.push_back(decode_tensor(tensor));
  return tensors;
}

}  // namespace tensorkeep::slices
