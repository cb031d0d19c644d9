#include "tensorkeep/convert.h"

#include <fmt/format.h>

#include "convert/sink.h"
#include "io/default_file_system.h"
#include "tensorkeep/errors.h"

namespace tensorkeep {
std::optional<FileFormat> file_format_from_name(std::string_view name) {
  if (name == "v1") return FileFormat::kV1;
  if (name == "v2") return FileFormat::kV2;
  if (name == "npz") return FileFormat::kNpz;
  if (name == "safetensors") return FileFormat::kSafetensors;
  return std::nullopt;
}

FileFormat file_format_of_path(std::string_view path) {
  if (path.ends_with(".npz")) return FileFormat::kNpz;
  if (path.ends_with(".safetensors")) return FileFormat::kSafetensors;
  return FileFormat::kV2;
}

ConvertSummary convert_tensors(const std::string& source_path, const std::string& destination,
                               FileFormat format, const train::Progress& progress) {
  io::FileSystem& files = io::default_file_system();
  const auto source = convert::open_source(files, source_path);
  convert::check_destination(files, destination, format);
  convert::Meter meter(convert::total_bytes(*source), progress);
  convert::Job job{*source, {}, meter};
  ConvertSummary summary;
  for (std::size_t i = 0; i < source->tensors().size(); ++i) {
    const convert::StoredTensor& tensor = source->tensors()[i];
    convert::check_described(*source, i);
    std::string reason = convert::obstacle(format, *source, tensor, tensor.name);
    if (reason.empty()) {
      job.items.push_back({i, tensor.name});
    } else {
      meter.advance(tensor.bytes);
      summary.left_out.push_back({tensor.name, std::move(reason)});
    }
  }
  if (!source->metadata().empty() && format != FileFormat::kSafetensors) {
    summary.left_out.push_back({"__metadata__", "only a safetensors file has room for it"});
  }
  convert::write_items(files, destination, format, job);
  summary.tensors = job.items.size();
  return summary;
}

}  // namespace tensorkeep
