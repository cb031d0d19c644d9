#include <fmt/format.h>

#include <algorithm>

#include "progress.h"
#include "tensorkeep/checkpoint_reader.h"
#include "tensorkeep/errors.h"
#include "text.h"
#include "verbs.h"

namespace tensorkeep::cli {
namespace {

using Verdicts = std::vector<train::TensorVerdict>;

void write_json(Output& out, const std::string& prefix, const Verdicts& verdicts,
                const std::vector<std::string>& remarks, bool fine) {
  out << fmt::format("{{\"checkpoint\": {}, \"ok\": {}, \"tensors\": [", json_string(prefix), fine);
  for (const auto& verdict : verdicts) {
    if (&verdict != verdicts.data()) out << ",";
    out << fmt::format("\n{{\"name\": {}, \"status\": {}", json_string(verdict.name),
                       json_string(verdict.status));
    if (!verdict.ok()) out << ", \"message\": " << json_string(verdict.message);
    out << "}";
  }
  out << "\n], \"remarks\": [";
  for (const std::string& remark : remarks) {
    out << (&remark == remarks.data() ? "" : ", ") << json_string(remark);
  }
  out << "]}\n";
}

void write_lines(Output& out, const std::string& prefix, const Verdicts& verdicts,
                 const std::vector<std::string>& remarks, bool quiet) {
  std::size_t width = 0;
  for (const auto& verdict : verdicts) width = std::max(width, verdict.status.size());
  std::size_t wrong = 0;
  for (const auto& verdict : verdicts) {
    if (!verdict.ok()) ++wrong;
    if (verdict.ok() && quiet) continue;
    out << fmt::format("{:<{}}  {}", verdict.status, width, printable(verdict.name));
    if (!verdict.ok()) out << "  (" << printable(verdict.message) << ")";
    out << "\n";
  }
  for (const std::string& remark : remarks) out << "note: " << printable(remark) << "\n";
  if (wrong == 0) {
    out << fmt::format("{}: all {} tensors are whole\n", printable(prefix), verdicts.size());
  } else {
    out << fmt::format("{}: {} of {} tensors are damaged\n", printable(prefix), wrong,
                       verdicts.size());
  }
}

}  // namespace

int verify(const VerifyOptions& options, Output& out) {
  try {
    const train::CheckpointReader reader(options.checkpoint);
    const Verdicts verdicts = [&] {
      ProgressBar bar("verifying");
      return reader.verify(bar.callback());
    }();
    const bool fine =
        std::all_of(verdicts.begin(), verdicts.end(), [](const auto& v) { return v.ok(); });
    if (options.json) {
      write_json(out, reader.prefix(), verdicts, reader.remarks(), fine);
    } else {
      write_lines(out, reader.prefix(), verdicts, reader.remarks(), options.quiet);
    }
    return fine ? 0 : 1;
  } catch (const errors::Error& error) {
    if (options.json) {
      out << fmt::format(
          "{{\"checkpoint\": {}, \"ok\": false, \"tensors\": [], \"remarks\": [], \"error\": "
          "{{\"class\": \"{}\", \"message\": {}}}}}\n",
          json_string(options.checkpoint), errors::class_name(error.code()),
          json_string(error.message()));
    }
    throw;
  }
}

}  // namespace tensorkeep::cli
