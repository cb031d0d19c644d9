#include "checkpoint/file_kind.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace tensorkeep::checkpoint {
namespace {

using namespace std::string_view_literals;

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  const char* kind;
};

constexpr Signature kSignatures[] = {
    {0, "\x89HDF\r\n\x1a\n"sv, "it is an HDF5 file (Keras weights, perhaps)"},
    {0, "PK\x03\x04"sv, "it is a zip archive (.npz, .keras or PyTorch, perhaps)"},
    {0, "PK\x05\x06"sv, "it is an empty zip archive"},
    {0, "\x93NUMPY"sv, "it is a numpy array (.npy)"},
    {0, "\x80\x02"sv, "it is a Python pickle (an old PyTorch file, perhaps)"},
    {0, "\x80\x03"sv, "it is a Python pickle"},
    {0, "\x80\x04"sv, "it is a Python pickle"},
    {0, "\x80\x05"sv, "it is a Python pickle"},
    {0, "\x1f\x8b"sv, "it is gzipped; unpack it first"},
    {0, "BZh"sv, "it is packed with bzip2; unpack it first"},
    {0,
     "\xfd"
     "7zXZ\0"sv,
     "it is packed with xz; unpack it first"},
    {0, "\x28\xb5\x2f\xfd"sv, "it is packed with zstd; unpack it first"},
    {257, "ustar"sv, "it is a tar archive; unpack it first"},
    {4, "TFL3"sv, "it is a TensorFlow Lite model"},
    {8, "{\""sv, "it is a safetensors file"},
    {0, "version https://git-lfs"sv,
     "it is a Git LFS pointer, not the file itself; run 'git lfs pull'"},
    {0, "<!DOCTYPE"sv, "it is an HTML page (a failed download, perhaps)"},
    {0, "<html"sv, "it is an HTML page (a failed download, perhaps)"},
    {0, "model_checkpoint_path:"sv, "it is a list of checkpoints (a `checkpoint` file)"},
};

constexpr std::size_t kLookedAt = 512;
constexpr std::array<unsigned char, 8> kSstableMagic{0x57, 0xfb, 0x80, 0x8b,
                                                     0x24, 0x75, 0x47, 0xdb};
constexpr std::size_t kFooterBytes = 48;

bool is_ascii_text(std::string_view head) {
  return std::all_of(head.begin(), head.end(), [](char c) {
    return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\r' || c == '\t';
  });
}

}  // namespace

bool is_sstable(io::FileSystem& files, const std::string& path) {
  const auto file = files.open(path);
  if (file->size() < kFooterBytes) return false;
  std::array<unsigned char, 8> magic{};
  file->read_exactly(file->size() - magic.size(), std::as_writable_bytes(std::span(magic)));
  return magic == kSstableMagic;
}

std::string describe_file(io::FileSystem& files, const std::string& path) {
  const auto file = files.open(path);
  if (file->size() == 0) return "it is empty";
  std::array<char, kLookedAt> buffer{};
  const std::size_t count = file->read(0, std::as_writable_bytes(std::span(buffer)));
  const std::string_view head(buffer.data(), count);
  for (const Signature& signature : kSignatures) {
    if (head.size() > signature.offset &&
        head.substr(signature.offset).starts_with(signature.bytes)) {
      return signature.kind;
    }
  }
  if (head.find_first_not_of('\0') == std::string_view::npos) return "it begins with zeros";
  if (head.starts_with("node {") || head.starts_with("meta_info_def {")) {
    return "it is a graph in text form";
  }
  if (is_ascii_text(head)) return "it is a text file";
  if (head[0] == '\n') return "it may be a protocol buffer (a graph, perhaps)";
  return "its kind is unknown, or it was cut off";
}

}  // namespace tensorkeep::checkpoint
