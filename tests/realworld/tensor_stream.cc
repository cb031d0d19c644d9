#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "tensorkeep/checkpoint_reader.h"

// Writes every tensor of a checkpoint to standard output, for test_realworld.py:
//   name, dtype, shape ("2,3"), bytes: each as an 8-byte length and the bytes.
// The bytes are the elements', and of strings each one's 8-byte length and bytes.
namespace {

void add(std::string& out, std::string_view bytes) {
  for (int shift = 0; shift < 64; shift += 8) {
    out += static_cast<char>(std::uint64_t{bytes.size()} >> shift);
  }
  out += bytes;
}

std::string bytes_of(const tensorkeep::Tensor& tensor) {
  std::string bytes;
  if (tensor.dtype() == tensorkeep::DType::kString) {
    for (const std::string& text : tensor.data<std::string>()) add(bytes, text);
  } else {
    bytes.assign(static_cast<const char*>(tensor.raw_data()), tensor.num_bytes());
  }
  return bytes;
}

void write_all(const std::string& path) {
  const auto reader = tensorkeep::train::NewCheckpointReader(path);
  for (const auto& info : reader.tensors()) {
    std::string shape;
    for (const std::int64_t dim : info.shape.dims()) {
      shape += (shape.empty() ? "" : ",") + std::to_string(dim);
    }
    std::string out;
    for (const std::string& part : {info.name, tensorkeep::name_of(info.dtype), shape,
                                    bytes_of(reader.get_tensor(info.name))}) {
      add(out, part);
    }
    std::fwrite(out.data(), 1, out.size(), stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    write_all(argv[1]);
    return std::fflush(stdout) == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
