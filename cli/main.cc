#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <exception>
#include <functional>
#include <iterator>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "output.h"
#include "tensorkeep/errors.h"
#include "verbs.h"

// Exit status: 0 fine, 1 something is wrong with the data, 2 wrong usage.
namespace tensorkeep::cli {
namespace {

constexpr int kDataWrong = 1;
constexpr int kUsageWrong = 2;

constexpr const char* kCheckpointHelp =
    "A prefix (dir/model-100), any file of the checkpoint, or a folder: the newest checkpoint in "
    "it, or a SavedModel's variables";

constexpr const char* kTensorsHelp =
    "A checkpoint (a prefix, any of its files, a folder), a .npz or a .safetensors file";

// A file opened later must not become standard output or error because a caller closed them. The
// ends opened here cannot be used, so that writing to them fails as it should.
void occupy_standard_files() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) == -1 && errno == EBADF) {
      (void)!::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
  }
}

using Action = std::function<int(Output&)>;

Action add_ls(CLI::App& app, LsOptions& options) {
  CLI::App* verb = app.add_subcommand("ls", "List tensors: name, type, shape, bytes");
  verb->add_option("CKPT", options.checkpoint, kCheckpointHelp)->required();
  verb->add_flag("--json", options.json,
                 "An array of {name, dtype, shape, bytes, slices, full_name}");
  return [&](Output& out) { return ls(options, out); };
}

Action add_cat(CLI::App& app, CatOptions& options) {
  CLI::App* verb = app.add_subcommand("cat", "Print a tensor");
  verb->add_option("CKPT", options.checkpoint, kCheckpointHelp)->required();
  verb->add_option("TENSOR", options.tensor, "Its name; a trailing :0 may be there")->required();
  auto* all = verb->add_flag("--all", options.all, "Every element, however many");
  auto* json = verb->add_flag("--json", options.json, "An object {name, dtype, shape, value}");
  auto* raw = verb->add_flag("--raw", options.raw, "The bytes, row-major and little-endian");
  auto* npy =
      verb->add_option("--npy", options.npy, "Write a .npy file instead")->type_name("FILE");
  for (auto* option : {json, raw, npy}) {
    for (auto* other : {all, json, raw, npy}) {
      if (option != other) option->excludes(other);
    }
  }
  return [&](Output& out) { return cat(options, out); };
}

Action add_verify(CLI::App& app, VerifyOptions& options) {
  CLI::App* verb = app.add_subcommand("verify", "Check every byte; exit status 1 if one is wrong");
  verb->add_option("CKPT", options.checkpoint, kCheckpointHelp)->required();
  auto* json = verb->add_flag("--json", options.json, "An object {checkpoint, ok, tensors, ...}");
  verb->add_flag("--quiet", options.quiet, "Only what is wrong, and the last line")->excludes(json);
  return [&](Output& out) { return verify(options, out); };
}

Action add_convert(CLI::App& app, ConvertOptions& options) {
  CLI::App* verb = app.add_subcommand("convert", "Write all tensors in another format");
  verb->add_option("SRC", options.source, kTensorsHelp)->required();
  verb->add_option("DST", options.destination,
                   "A .npz or .safetensors file, or the prefix of a checkpoint")
      ->required();
  verb->add_option("--to", options.format, "v1, v2, npz or safetensors, whatever DST ends with")
      ->type_name("FORMAT");
  return [&](Output& out) { return convert(options, out); };
}

Action add_diff(CLI::App& app, DiffVerbOptions& options) {
  CLI::App* verb =
      app.add_subcommand("diff", "Compare two files of tensors; exit status 1 if they differ");
  verb->add_option("A", options.first, kTensorsHelp)->required();
  verb->add_option("B", options.second, "Another, in any format")->required();
  verb->add_flag("--json", options.json, "An object {same, tensors, differences}");
  verb->add_option("--rtol", options.rtol,
                   "Elements a, b are the same if |a-b| <= ATOL + RTOL*|b|");
  verb->add_option("--atol", options.atol, "See --rtol");
  return [&](Output& out) { return diff(options, out); };
}

Action add_rename(CLI::App& app, RenameVerbOptions& options) {
  CLI::App* verb =
      app.add_subcommand("rename", "Write a checkpoint with tensors under other names");
  verb->add_option("CKPT", options.checkpoint, kTensorsHelp)->required();
  verb->add_option("DST", options.destination, "What to write, in the same format");
  verb->add_option(
          "--map", options.rules,
          "A name and its new one; several times. 'scope/*=other/*': each * of NEW is what "
          "that of OLD stands for")
      ->type_name("OLD=NEW")
      ->allow_extra_args(false)
      ->required();
  verb->add_flag("--dry-run", options.dry_run, "Only tell what would be renamed");
  return [&](Output& out) { return rename(options, out); };
}

Action add_freeze(CLI::App& app, FreezeOptions& options) {
  CLI::App* verb = app.add_subcommand("freeze", "Write a graph with its variables as constants");
  verb->add_option("META", options.meta_graph, "The .meta file")->required();
  verb->add_option("CKPT", options.checkpoint, kCheckpointHelp)->required();
  verb->add_option("OUT", options.destination, "The .pb file to write: a GraphDef")->required();
  verb->add_option("--outputs", options.outputs, "Nodes or tensors whose values are wanted")
      ->delimiter(',')
      ->required();
  verb->add_option("--whitelist", options.whitelist, "Only these variables")->delimiter(',');
  verb->add_option("--blacklist", options.blacklist, "Not these variables")->delimiter(',');
  verb->add_flag("--text", options.text, "Write the text form");
  return [&](Output& out) { return freeze(options, out); };
}

Action add_meta(CLI::App& app, MetaOptions& options) {
  CLI::App* verb = app.add_subcommand("meta", "Tell what a .meta file or a saved_model.pb holds");
  verb->add_option("FILE", options.file, "Binary, text or JSON")->required();
  auto* text = verb->add_flag("--text", options.text, "All of it, in TensorFlow's text form");
  verb->add_flag("--json", options.json, "All of it, as JSON")->excludes(text);
  return [&](Output& out) { return meta(options, out); };
}

Action add_run(CLI::App& app, RunOptions& options) {
  CLI::App* verb = app.add_subcommand("run", "Run a frozen graph");
  verb->add_option("GRAPH", options.graph, "The .pb file: a GraphDef")->required();
  verb->add_option("--feed", options.feeds, "What a tensor is for this run")
      ->type_name("NAME=FILE.npy")
      ->allow_extra_args(false);
  verb->add_option("--fetch", options.fetches, "Tensors to compute, or nodes to run")
      ->type_name("NAME")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->required();
  verb->add_option("--npy", options.directory, "Write .npy files into this folder instead")
      ->type_name("DIR");
  return [&](Output& out) { return run_graph(options, out); };
}

int run(const Action& action) {
  try {
    Output out;
    try {
      const int status = action(out);
      out.flush();
      return status;
    } catch (const errors::Error& error) {
      out.flush();  // what a verb has to say about the error in JSON
      complain(error.message());
      return kDataWrong;
    }
  } catch (const UsageError& error) {
    complain(error.what());
    return kUsageWrong;
  } catch (const OutputError& error) {
    if (error.code != EPIPE) complain(error.what());
    return kDataWrong;
  } catch (const std::bad_alloc&) {
    complain("out of memory");
    return kDataWrong;
  } catch (const std::exception& error) {
    complain(error.what());
    return kDataWrong;
  }
}

int main_of(int argc, char** argv) {
  occupy_standard_files();
  ::signal(SIGPIPE, SIG_DFL);  // `tensorkeep ls | head` ends quietly, whatever the parent ignored
  CLI::App app("Look into TensorFlow's checkpoints, check them, and take tensors out.",
               "tensorkeep");
  app.set_version_flag("--version", "tensorkeep " TENSORKEEP_VERSION);
  app.require_subcommand(1);
  app.footer("Exit status: 0 fine, 1 something is wrong with the data, 2 wrong usage.");
  LsOptions ls_options;
  CatOptions cat_options;
  VerifyOptions verify_options;
  ConvertOptions convert_options;
  DiffVerbOptions diff_options;
  RenameVerbOptions rename_options;
  FreezeOptions freeze_options;
  MetaOptions meta_options;
  RunOptions run_options;
  const std::pair<const char*, Action> actions[] = {
      {"ls", add_ls(app, ls_options)},
      {"cat", add_cat(app, cat_options)},
      {"verify", add_verify(app, verify_options)},
      {"convert", add_convert(app, convert_options)},
      {"diff", add_diff(app, diff_options)},
      {"rename", add_rename(app, rename_options)},
      {"freeze", add_freeze(app, freeze_options)},
      {"meta", add_meta(app, meta_options)},
      {"run", add_run(app, run_options)},
  };
  const auto is_verb = [&](std::string_view text) {
    return std::any_of(std::begin(actions), std::end(actions),
                       [&](const auto& action) { return text == action.first; });
  };
  if (argc > 1 && argv[1][0] != '-' && !is_verb(argv[1])) {
    std::string verbs;
    for (const auto& [name, action] : actions)
      verbs += verbs.empty() ? name : std::string(", ") + name;
    complain(std::string("no verb '") + argv[1] + "': " + verbs);
    return kUsageWrong;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsageWrong;
  }
  for (const auto& [verb, action] : actions) {
    if (app.got_subcommand(verb)) return run(action);
  }
  return kUsageWrong;
}

}  // namespace
}  // namespace tensorkeep::cli

int main(int argc, char** argv) {
  return tensorkeep::cli::main_of(argc, argv);
}
