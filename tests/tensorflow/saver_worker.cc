#include <tensorkeep/tensorkeep.h>

#include <iostream>
#include <string>

// What test_v1.py and test_object_based.py ask of us.
//   resave PATH META TO
//       restores PATH into META's graph, saves it as TO; prints the saver's path
//   same PATH PATH
//       "True" if both checkpoints hold the same tensors
//   list PATH
//       the tensors' names, a line each, with escapes
//   save_zeros DTYPE PATH
//       a V1 file with two zeros under the name "v"
//   rewrite_state FOLDER
//       reads the folder's `checkpoint` file and writes it anew
// An error goes to standard error as "Class: text", and the exit status is 1.
namespace tf = tensorkeep;

namespace {

void resave(const std::string& path, const std::string& meta, const std::string& to) {
  tf::Graph graph;
  const auto scope = graph.as_default();
  auto saver = tf::train::import_meta_graph(meta);
  tf::Session session(graph);
  saver->restore(session, path);
  std::cout << saver->save(session, to) << "\n";
}

bool same(const std::string& a, const std::string& b) {
  const auto one = tf::train::NewCheckpointReader(a);
  const auto other = tf::train::NewCheckpointReader(b);
  if (one.get_variable_to_shape_map() != other.get_variable_to_shape_map()) return false;
  for (const auto& tensor : one.tensors()) {
    if (!one.get_tensor(tensor.name).identical_to(other.get_tensor(tensor.name))) return false;
  }
  return true;
}

void list(const std::string& path) {
  constexpr const char* kDigits = "0123456789abcdef";
  for (const auto& tensor : tf::train::NewCheckpointReader(path).tensors()) {
    for (const char c : tensor.name) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte >= 32 && byte < 127) {
        std::cout << c;
      } else {
        std::cout << "\\x" << kDigits[byte >> 4] << kDigits[byte & 15];
      }
    }
    std::cout << "\n";
  }
}

// Through the operation itself, by a graph that is only text.
void save_zeros(const std::string& dtype, const std::string& path) {
  tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output value = tf::placeholder(tf::dtype_from_name(dtype), {2}, {.name = "value"});
  tf::GraphDef def = graph.as_graph_def();
  const auto add_strings = [&](const std::string& name, const std::string& text, bool scalar) {
    auto& node = *def.add_node();
    node.set_name(name);
    node.set_op("Const");
    auto& tensor = *(*node.mutable_attr())["value"].mutable_tensor();
    (*node.mutable_attr())["dtype"].set_type(tf::proto::DT_STRING);
    tensor.set_dtype(tf::proto::DT_STRING);
    tensor.mutable_tensor_shape();
    if (!scalar) tensor.mutable_tensor_shape()->add_dim()->set_size(1);
    tensor.add_string_val(text);
  };
  add_strings("file", path, true);
  add_strings("names", "v", false);
  auto& save = *def.add_node();
  save.set_name("save");
  save.set_op("Save");
  for (const char* input : {"file", "names", "value"}) save.add_input(input);
  (*save.mutable_attr())["T"].mutable_list()->add_type(
      static_cast<tf::proto::DataType>(tf::dtype_from_name(dtype)));
  tf::Graph with_save;
  const auto inner = with_save.as_default();
  tf::import_graph_def(def, {.name = ""});
  tf::Session session(with_save);
  session.run(with_save.get_operation_by_name("save"),
              {{with_save.get_tensor_by_name("value:0"), tf::Tensor::zeros(value.dtype(), {2})}});
}

void rewrite_state(const std::string& folder) {
  const auto state = tf::train::get_checkpoint_state(folder);
  tf::train::update_checkpoint_state(
      folder, state->model_checkpoint_path,
      {.all_model_checkpoint_paths = state->all_model_checkpoint_paths,
       .all_model_checkpoint_timestamps = state->all_model_checkpoint_timestamps,
       .last_preserved_timestamp = state->last_preserved_timestamp,
       .save_relative_paths = true});
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  try {
    if (args.size() == 4 && args[0] == "resave") {
      resave(args[1], args[2], args[3]);
    } else if (args.size() == 3 && args[0] == "same") {
      std::cout << (same(args[1], args[2]) ? "True" : "False") << "\n";
    } else if (args.size() == 2 && args[0] == "list") {
      list(args[1]);
    } else if (args.size() == 3 && args[0] == "save_zeros") {
      save_zeros(args[1], args[2]);
    } else if (args.size() == 2 && args[0] == "rewrite_state") {
      rewrite_state(args[1]);
    } else {
      return 2;
    }
  } catch (const tf::errors::Error& error) {
    std::cerr << tf::errors::class_name(error.code()) << ": " << error.what() << "\n";
    return 1;
  }
}
