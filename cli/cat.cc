#include <fmt/format.h>

#include "tensor_text.h"
#include "tensorkeep/checkpoint_reader.h"
#include "tensorkeep/npz.h"
#include "text.h"
#include "verbs.h"

namespace tensorkeep::cli {
namespace {

constexpr std::int64_t kShownWhole = 1000;  // elements; more are summarised
constexpr std::size_t kMaxSuggestions = 5;

// The name as it stands in the checkpoint: "W:0", the name of an output, means "W".
std::string name_in(const train::CheckpointReader& reader, const std::string& asked) {
  if (reader.has_tensor(asked)) return asked;
  if (asked.ends_with(":0") && reader.has_tensor(asked.substr(0, asked.size() - 2))) {
    return asked.substr(0, asked.size() - 2);
  }
  std::string similar;
  std::size_t count = 0;
  const auto suggest = [&](const std::string& name) {
    const bool close = name.find(asked) != std::string::npos ||
                       (!name.empty() && asked.find(name) != std::string::npos);
    if (close && ++count <= kMaxSuggestions) similar += " " + name;
    return close;
  };
  for (const auto& tensor : reader.tensors()) {
    if (!suggest(tensor.name)) suggest(tensor.full_name);
  }
  throw errors::NotFoundError(
      fmt::format("Key {} not found in checkpoint {}.{}", asked, reader.prefix(),
                  count == 0
                      ? " 'tensorkeep ls' shows the names"
                      : " Similar names:" + similar + (count > kMaxSuggestions ? " ..." : "")),
      {.tensor = asked});
}

}  // namespace

int cat(const CatOptions& options, Output& out) {
  if (options.raw && Output::is_terminal()) {
    throw UsageError("--raw writes bytes: send standard output to a file or a pipe");
  }
  const train::CheckpointReader reader(options.checkpoint);
  const std::string name = name_in(reader, options.tensor);
  const auto info = reader.tensor_info(name);
  if (!options.npy.empty() && info.dtype == DType::kString) {
    throw UsageError("numpy's files have no strings; take --json or --raw");
  }
  const Tensor tensor = reader.get_tensor(name);
  if (!options.npy.empty()) {
    save_npy(tensor, options.npy);
  } else if (options.raw) {
    write_raw(out, tensor);
  } else if (options.json) {
    out << fmt::format(R"({{"name": {}, "dtype": {}, "shape": [{}], "value": )", json_string(name),
                       json_string(name_of(tensor.dtype())),
                       fmt::join(tensor.shape().dims(), ", "));
    write_json(out, tensor);
    out << "}\n";
  } else {
    out << fmt::format("{}  {}  {}\n", printable(name), name_of(tensor.dtype()),
                       tensor.shape().debug_string());
    write_readable(out, tensor, !options.all && tensor.num_elements() > kShownWhole);
  }
  return 0;
}

}  // namespace tensorkeep::cli
