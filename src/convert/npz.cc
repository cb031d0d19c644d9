#include "convert/npz.h"

#include <fmt/format.h>

#include <array>

#include "convert/npy.h"
#include "convert/zip_writer.h"
#include "io/files.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::convert {
namespace {

using Pieces = std::array<std::span<const std::byte>, 2>;

Pieces pieces_of(const std::string& header, const Tensor& tensor) {
  return {io::as_bytes(header),
          {static_cast<const std::byte*>(tensor.raw_data()), tensor.num_bytes()}};
}

// Why a tensor has no place in an archive; "" if it has one.
std::string obstacle(const train::TensorInfo& info, const std::string& member) {
  if (npy_descr(info.dtype).empty()) {
    return fmt::format("numpy's files have no {} elements", name_of(info.dtype));
  }
  if (!ZipWriter::can_name(member)) return "no zip archive can hold its name";
  return "";
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

NpzSummary save_npz(io::FileSystem& files, const train::CheckpointReader& reader,
                    const std::string& path, const train::Progress& progress) {
  const auto infos = reader.tensors();
  std::uint64_t total = 0;
  for (const auto& info : infos) total += info.bytes;
  NpzSummary summary;
  const auto body = [&](io::WritableFile& file) {
    ZipWriter zip(file);
    std::uint64_t done = 0;
    for (const auto& info : infos) {
      const std::string member = info.name + ".npy";
      const std::string reason = obstacle(info, member);
      if (reason.empty()) {
        const Tensor tensor = reader.get_tensor(info.name);
        const std::string header = npy_header(tensor.dtype(), tensor.shape());
        zip.add(member, pieces_of(header, tensor));
        ++summary.tensors;
      } else {
        summary.left_out.push_back({info.name, reason});
      }
      done += info.bytes;
      if (progress) progress(done, total);
    }
    zip.finish();
  };
  io::write_atomically(files, path, body, io::Durability::kDurable);
  return summary;
}

}  // namespace tensorkeep::convert

namespace tensorkeep {

void save_npy(const Tensor& tensor, const std::string& path) {
  convert::save_npy(io::posix_file_system(), tensor, path);
}

NpzSummary save_npz(const train::CheckpointReader& reader, const std::string& path,
                    const train::Progress& progress) {
  return convert::save_npz(io::posix_file_system(), reader, path, progress);
}

}  // namespace tensorkeep
