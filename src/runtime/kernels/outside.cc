#include <fmt/format.h>

#include <chrono>
#include <cstdio>

#include "io/default_file_system.h"
#include "io/file_system.h"
#include "io/files.h"
#include "proto/tensor_proto.h"
#include "runtime/kernels/families.h"

// What leaves a graph and comes in: tensors as bytes, files, lines of text, the time.
namespace tensorkeep::runtime {
namespace {

const std::string& scalar_text(const KernelContext& c, int index, const char* name) {
  if (c.input_shape(index).rank() != 0) {
    c.fail(fmt::format("Expected `{}` to be a scalar, got shape: {}", name,
                       c.input_shape(index).debug_string()));
  }
  return c.input(index).data<std::string>()[0];
}

// All elements in the message's tensor_content, but for strings, which it cannot hold.
proto::TensorProto content_of(const Tensor& tensor) {
  if (tensor.dtype() == DType::kString) return tensor_to_proto(tensor);
  proto::TensorProto message;
  message.set_dtype(static_cast<proto::DataType>(tensor.dtype()));
  *message.mutable_tensor_shape() = shape_to_proto(tensor.shape());
  message.set_tensor_content(tensor.raw_data(), tensor.num_bytes());
  return message;
}

void serialize_tensor(KernelContext& c) {
  std::string bytes;
  if (!content_of(c.input(0)).SerializeToString(&bytes)) c.fail("The tensor is too large");
  c.set_output(0, Tensor::scalar(std::move(bytes)));
}

void parse_tensor(KernelContext& c) {
  proto::TensorProto message;
  if (!message.ParseFromString(scalar_text(c, 0, "serialized"))) {
    c.fail("Could not parse `serialized` as TensorProto");
  }
  Tensor tensor;
  try {
    tensor = tensor_from_proto(message);
  } catch (const errors::Error& error) {
    c.fail(error.message());
  }
  if (tensor.dtype() != c.op().output_dtype(0)) {
    c.fail(fmt::format("Type mismatch between parsed tensor ({}) and dtype ({})",
                       name_of(tensor.dtype()), name_of(c.op().output_dtype(0))));
  }
  c.set_output(0, std::move(tensor));
}

void write_file(KernelContext& c) {
  const std::string& path = scalar_text(c, 0, "filename");
  const std::string& contents = scalar_text(c, 1, "contents");
  io::FileSystem& files = io::default_file_system();
  files.create_directories(io::directory_of(path));
  io::write_file_atomically(files, path, contents, c.options().durability);
}

// To a stream of the process, or to the end of a file.
Kernel make_print(const Operation& op) {
  const std::string stream = op.attr_string("output_stream");
  const std::string file_scheme = "file://";
  const bool is_log = stream == "log(info)" || stream == "log(warning)" || stream == "log(error)";
  if (stream != "stdout" && stream != "stderr" && !is_log && !stream.starts_with(file_scheme)) {
    throw errors::InvalidArgumentError("Unknown output stream: " + stream, {.node = op.name()});
  }
  return [=, end = op.attr_string("end")](KernelContext& c) {
    if (c.input_shape(0).rank() != 0) {
      c.fail("Input is expected to be scalar, but got " + c.input_shape(0).debug_string());
    }
    const std::string text = c.input(0).data<std::string>()[0] + (is_log ? "\n" : end);
    if (!stream.starts_with(file_scheme)) {
      std::FILE* const to = stream == "stdout" ? stdout : stderr;
      std::fwrite(text.data(), 1, text.size(), to);
      std::fflush(to);
      return;
    }
    const std::string path = stream.substr(file_scheme.size());
    std::FILE* const file = std::fopen(path.c_str(), "ae");
    if (file == nullptr) c.fail("Cannot open the file " + path);
    const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    if (std::fclose(file) != 0 || !written) c.fail("Cannot write to the file " + path);
  };
}

void timestamp(KernelContext& c) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  c.set_output(0, Tensor::scalar(std::chrono::duration<double>(now).count()));
}

}  // namespace

void register_outside_kernels(KernelRegistry& registry) {
  registry.add_function("SerializeTensor", serialize_tensor);
  registry.add_function("ParseTensor", parse_tensor);
  registry.add_function("WriteFile", write_file);
  registry.add("PrintV2", make_print);
  registry.add_function("Timestamp", timestamp);
}

}  // namespace tensorkeep::runtime
