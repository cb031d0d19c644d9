#include "tensorkeep/rename.h"

#include <fmt/format.h>

#include "progress.h"
#include "text.h"
#include "verbs.h"

namespace tensorkeep::cli {
namespace {

std::vector<RenameRule> rules_of(const std::vector<std::string>& arguments) {
  std::vector<RenameRule> rules;
  for (const std::string& argument : arguments) {
    const std::size_t equals = argument.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == argument.size()) {
      throw UsageError("--map wants OLD=NEW, not '" + argument + "'");
    }
    rules.push_back({argument.substr(0, equals), argument.substr(equals + 1)});
  }
  return rules;
}

void list(Output& out, const char* what, const std::vector<RenameSummary::Renamed>& renamed) {
  for (const auto& [from, to] : renamed) {
    out << fmt::format("{}{} -> {}\n", what, printable(from), printable(to));
  }
}

}  // namespace

int rename(const RenameVerbOptions& options, Output& out) {
  if (options.destination.empty() && !options.dry_run) {
    throw UsageError("DST is missing: the checkpoint to write");
  }
  const RenameSummary summary = [&] {
    ProgressBar bar("renaming");
    return rename_tensors(options.checkpoint, options.destination, rules_of(options.rules),
                          {.dry_run = options.dry_run, .progress = bar.callback()});
  }();
  if (options.dry_run) {
    list(out, "", summary.renamed);
    list(out, "variable ", summary.renamed_variables);
  }
  out << fmt::format("{} of {} tensors {}", summary.renamed.size(), summary.tensors,
                     options.dry_run ? "would be renamed" : "renamed");
  if (!summary.renamed_variables.empty()) {
    const std::size_t count = summary.renamed_variables.size();
    out << fmt::format(", {} variable{} in the object graph", count, count == 1 ? "" : "s");
  }
  if (!options.dry_run) out << ", written to " << printable(options.destination);
  out << "\n";
  return 0;
}

}  // namespace tensorkeep::cli
