// Links tensorkeep::checkpoint alone: reads what the other program saved.
#include <tensorkeep/checkpoint_reader.h>

#include <iostream>

namespace tf = tensorkeep;

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto reader = tf::train::NewCheckpointReader(argv[1]);
  std::cout << reader.get_tensor("w").to_string() << "\n";
}
