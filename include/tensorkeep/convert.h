#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tensorkeep/checkpoint_reader.h"

// Tensors from one file format to another, in a fixed amount of memory beside, at most, one tensor
// where a format asks for it (V1 on either side, column-major .npy, tensors in slices that are no
// runs of rows). The formats beside TensorFlow's own: numpy's .npz (see npz.h) and
// https://github.com/huggingface/safetensors#format.
namespace tensorkeep {

enum class FileFormat { kV1, kV2, kNpz, kSafetensors };

// By its name, "v1", "v2", "npz", "safetensors"; nullopt for another.
std::optional<FileFormat> file_format_from_name(std::string_view name);
// By the ending of a path: .npz and .safetensors; V2 for any other.
FileFormat file_format_of_path(std::string_view path);

struct ConvertSummary {
  struct LeftOut {
    std::string name;
    std::string reason;
  };
  std::size_t tensors = 0;  // written
  std::vector<LeftOut> left_out;
};

// Writes all tensors of `source` (a checkpoint in whatever way it is named, or a .npz or
// .safetensors file) as `destination`, in one atomic step; a file that is there is replaced.
// Slices stay slices in V1 and V2, and are put together for the other formats. The metadata of a
// .safetensors file stay if the destination is one too.
//
// Left out is what the format cannot hold: types (strings but in checkpoints, those that V1 or
// safetensors lack), names (NUL bytes in .npz, other than UTF-8 in .safetensors), V1 slices beyond
// 2^31 bytes. In .npz, types that numpy lacks become unsigned integers of the same width.
//
// Throws what reading throws, FailedPreconditionError for a V1 file under the prefix of a V2
// checkpoint, and what the file system throws; then no file is left behind.
ConvertSummary convert_tensors(const std::string& source, const std::string& destination,
                               FileFormat format, const train::Progress& progress = {});

}  // namespace tensorkeep
