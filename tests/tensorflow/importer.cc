// Imports for the tests that compare with TensorFlow:
//   importer scope IN.meta OUT.meta SCOPE     import, and export what lies in a scope
//   importer meta IN.meta OUT.pb              import, and write the graph as it is then
//   importer graph IN.pb OUT.pb NAME [KEY=PLACEHOLDER ...] [ELEMENT ...]
//     import a GraphDef under a name into a graph of two placeholders, x and y, both float, and a
//     constant "taken"; prints the elements. An error is printed, and its Python class.
#include <tensorkeep/tensorkeep.h>

#include <iostream>
#include <string>

namespace tf = tensorkeep;

namespace {

int scope(char** args) {
  tf::train::import_meta_graph(args[0]);
  tf::train::export_meta_graph(args[1], {.export_scope = args[2]});
  return 0;
}

int graph(int count, char** args) {
  std::map<std::string, tf::Output> placeholders;
  for (const char* name : {"x", "y"}) {
    placeholders[name] = tf::placeholder(tf::float32, tf::Shape::unknown(), {.name = name});
  }
  tf::constant(1.0, {.name = "taken"});
  tf::GraphDef graph_def;
  tf::gfile::GFile file(args[0], "rb");
  if (!graph_def.ParseFromString(file.read())) return 2;
  tf::ImportGraphDefOptions options;
  options.name = args[2];
  for (int i = 3; i < count; ++i) {
    const std::string text = args[i];
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) {
      options.return_elements.push_back(text);
    } else {
      options.input_map.emplace(text.substr(0, equals), placeholders.at(text.substr(equals + 1)));
    }
  }
  for (const auto& element : tf::import_graph_def(graph_def, options)) {
    const auto* op = std::get_if<tf::Operation*>(&element);
    std::cout << (op != nullptr ? (*op)->name() : std::get<tf::Output>(element).name()) << "\n";
  }
  tf::train::write_graph(tf::get_default_graph().as_graph_def(/*add_shapes=*/true), args[1],
                         {.as_text = false});
  return 0;
}

int meta(char** args) {
  tf::train::import_meta_graph(args[0]);
  tf::train::write_graph(tf::get_default_graph().as_graph_def(), args[1], {.as_text = false});
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::string verb = argc > 1 ? argv[1] : "";
    if (verb == "scope" && argc == 5) return scope(argv + 2);
    if (verb == "meta" && argc == 4) return meta(argv + 2);
    if (verb == "graph" && argc >= 5) return graph(argc - 2, argv + 2);
    return 2;
  } catch (const tf::errors::Error& error) {
    std::cout << error.message() << "\n";
    return 1;
  }
}
