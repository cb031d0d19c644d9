// drawer FILE.meta: what a session draws of that graph, a line for each tensor of its collection
// "draws" (draws.h), for test_random.py.
#include <cstdio>

#include "draws.h"

int main(int argc, char** argv) try {
  if (argc != 2) {
    std::fprintf(stderr, "usage: drawer FILE.meta\n");
    return 2;
  }
  tensorkeep::train::import_meta_graph(argv[1]);
  for (const std::string& line :
       tensorkeep::testing::drawn_lines(tensorkeep::get_default_graph())) {
    std::puts(line.c_str());
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "drawer: %s\n", error.what());
  return 1;
}
