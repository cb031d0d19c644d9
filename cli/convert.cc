#include <fmt/format.h>

#include "progress.h"
#include "tensorkeep/npz.h"
#include "text.h"
#include "verbs.h"

namespace tensorkeep::cli {

int convert(const ConvertOptions& options, Output& out) {
  if (!options.destination.ends_with(".npz")) {
    throw UsageError(fmt::format("{}: can only convert to a .npz file", options.destination));
  }
  const train::CheckpointReader reader(options.checkpoint);
  const NpzSummary summary = [&] {
    ProgressBar bar("converting");
    return save_npz(reader, options.destination, bar.callback());
  }();
  for (const auto& left_out : summary.left_out) {
    complain(fmt::format("left out {}: {}", left_out.name, left_out.reason));
  }
  out << fmt::format("{} tensor{} written to {}\n", summary.tensors,
                     summary.tensors == 1 ? "" : "s", printable(options.destination));
  return 0;
}

}  // namespace tensorkeep::cli
