#include "tensorkeep/convert.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "progress.h"
#include "text.h"
#include "verbs.h"

namespace tensorkeep::cli {
namespace {

// Endings of files that a checkpoint's prefix is hardly meant to have.
bool ends_like_another_format(std::string_view path) {
  constexpr const char* kEndings[] = {".npy",  ".zip",    ".h5",   ".hdf5", ".keras",
                                      ".pt",   ".pth",    ".bin",  ".pb",   ".pbtxt",
                                      ".onnx", ".tflite", ".json", ".meta", ".index"};
  return std::any_of(std::begin(kEndings), std::end(kEndings),
                     [&](const char* ending) { return path.ends_with(ending); });
}

}  // namespace

int convert(const ConvertOptions& options, Output& out) {
  const auto format = options.format.empty() ? file_format_of_path(options.destination)
                                             : file_format_from_name(options.format);
  if (!format) {
    throw UsageError(
        fmt::format("--to {}: the formats are v1, v2, npz, safetensors", options.format));
  }
  if (options.format.empty() && ends_like_another_format(options.destination)) {
    throw UsageError(
        fmt::format("{}: can only convert to a .npz file, a .safetensors file or a checkpoint; "
                    "--to tells which",
                    options.destination));
  }
  const ConvertSummary summary = [&] {
    ProgressBar bar("converting");
    return convert_tensors(options.source, options.destination, *format, bar.callback());
  }();
  for (const auto& left_out : summary.left_out) {
    complain(fmt::format("left out {}: {}", left_out.name, left_out.reason));
  }
  out << fmt::format("{} tensor{} written to {}\n", summary.tensors,
                     summary.tensors == 1 ? "" : "s", printable(options.destination));
  return 0;
}

}  // namespace tensorkeep::cli
