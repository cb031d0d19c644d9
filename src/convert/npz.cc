#include "convert/npz.h"

#include <fmt/format.h>

#include <array>

#include "convert/npy.h"
#include "io/default_file_system.h"
#include "io/files.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::convert {
namespace {

using Pieces = std::array<std::span<const std::byte>, 2>;

Pieces pieces_of(const std::string& header, const Tensor& tensor) {
  return {io::as_bytes(header),
          {static_cast<const std::byte*>(tensor.raw_data()), tensor.num_bytes()}};
}

}  // namespace

void save_npy(io::FileSystem& files, const Tensor& tensor, const std::string& path) {
  if (npy_descr(tensor.dtype()).empty()) {
    throw errors::UnimplementedError(
        fmt::format("numpy's files have no {} elements", name_of(tensor.dtype())), {.file = path});
  }
  const std::string header = npy_header(tensor.dtype(), tensor.shape());
  const auto body = [&](io::WritableFile& file) {
    for (const auto piece : pieces_of(header, tensor)) file.append(piece);
  };
  io::write_atomically(files, path, body, io::Durability::kDurable);
}

}  // namespace tensorkeep::convert

namespace tensorkeep {

void save_npy(const Tensor& tensor, const std::string& path) {
  convert::save_npy(io::default_file_system(), tensor, path);
}

}  // namespace tensorkeep
