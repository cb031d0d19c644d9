#include <fmt/format.h>

#include "convert/npy.h"
#include "convert/npy_header.h"
#include "convert/npz.h"
#include "io/default_file_system.h"
#include "io/file_stream.h"
#include "tensorkeep/errors.h"

// The other direction of npy.h:
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
namespace tensorkeep::convert {

// Elements whose first index runs fastest, put the other way round.
Tensor row_major(const Tensor& from) {
  const auto& dims = from.shape().dims();
  Tensor result(from.dtype(), from.shape());
  const std::size_t width = size_of(from.dtype());
  const auto* in = static_cast<const char*>(from.raw_data());
  auto* out = static_cast<char*>(result.mutable_raw_data());
  std::vector<std::int64_t> index(dims.size(), 0);
  for (std::int64_t i = 0; i < from.num_elements(); ++i) {
    std::int64_t place = 0;
    for (std::size_t d = dims.size(); d-- > 0;) place = place * dims[d] + index[d];
    std::copy_n(in + static_cast<std::size_t>(place) * width, width,
                out + static_cast<std::size_t>(i) * width);
    for (std::size_t d = dims.size(); d-- > 0;) {
      if (++index[d] < dims[d]) break;
      index[d] = 0;
    }
  }
  return result;
}

void check_npy_size(const NpyHeader& header, std::uint64_t there, const std::string& what) {
  const auto count = header.shape.checked_num_elements();
  const std::size_t width = size_of(header.dtype);
  if (count && static_cast<std::uint64_t>(*count) <= there / width &&
      static_cast<std::uint64_t>(*count) * width == there) {
    return;
  }
  throw errors::DataLossError(
      fmt::format("{}: {} bytes of elements for a {} of shape {}: the file is truncated or damaged",
                  what, there, name_of(header.dtype), header.shape.to_string()),
      {.file = what});
}

Tensor load_npy(io::FileSystem& files, const std::string& path) {
  const auto file = files.open(path);
  io::FileStream stream(*file, 0, file->size());
  const NpyHeader header = read_npy_header(stream, path);
  if (header.dtype == DType::kInvalid) {
    throw errors::UnimplementedError(path + ": " + unreadable_elements(header), {.file = path});
  }
  check_npy_size(header, file->size() - header.size, path);
  Tensor tensor(header.dtype, header.shape);
  if (tensor.num_bytes() > 0) {
    file->read_exactly(header.size,
                       {static_cast<std::byte*>(tensor.mutable_raw_data()), tensor.num_bytes()});
  }
  return header.column_major && header.shape.rank() > 1 ? row_major(tensor) : tensor;
}

}  // namespace tensorkeep::convert

namespace tensorkeep {

Tensor load_npy(const std::string& path) {
  return convert::load_npy(io::default_file_system(), path);
}

}  // namespace tensorkeep
