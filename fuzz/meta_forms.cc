#include "io/default_file_system.h"
#include "io/memory_file_system.h"
#include "target.h"
#include "tensorkeep/meta_graph_file.h"

// A MetaGraph's file in any form, a SavedModel among them: what can be read can be written as text
// that says the same.
namespace tensorkeep::fuzz {

void run(std::string_view input) {
  io::MemoryFileSystem files;
  const io::ScopedFileSystem use(files);
  files.put("/g.meta", std::string(input));
  for (const MetaGraphDef& meta_graph : train::read_meta_graphs("/g.meta")) {
    const std::string text = text_format::MessageToString(meta_graph);
    MetaGraphDef again;
    if (succeeds([&] { text_format::Parse(text, again); })) {
      require(text_format::MessageToString(again) == text);
    }
    std::string json;
    if (!succeeds([&] { json = json_format::MessageToJson(meta_graph); })) continue;
    MetaGraphDef from_json;
    succeeds([&] { json_format::Parse(json, from_json); });
  }
}

}  // namespace tensorkeep::fuzz
