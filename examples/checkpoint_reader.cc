// The second article: what a checkpoint holds.
#include <tensorkeep/tensorkeep.h>

#include <filesystem>
#include <iostream>

namespace tf = tensorkeep;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: checkpoint_reader DIR\n";
    return 2;
  }
  std::filesystem::current_path(argv[1]);

  // Reads all variables of a checkpoint; .data and .index are left out of the name.
  auto reader = tf::train::NewCheckpointReader("model/model.ckpt");

  // From names to shapes.
  auto global_variables = reader.get_variable_to_shape_map();
  for (const auto& [variable_name, shape] : global_variables) {
    std::cout << variable_name << " " << shape.debug_string() << "\n";
  }

  // The value of v1.
  std::cout << "Value for variable v1 is " << reader.get_tensor("v1").to_string() << "\n";
}
