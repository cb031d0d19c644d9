// write_graphs DIR: writes DIR/PROGRAM.meta for every program.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "programs/programs.h"

int main(int argc, char** argv) try {
  if (argc != 2) {
    std::fprintf(stderr, "usage: write_graphs DIR\n");
    return 2;
  }
  for (const auto& [name, build] : tensorkeep::testing::programs()) {
    std::ofstream file(std::filesystem::path(argv[1]) / (name + ".meta"), std::ios::binary);
    if (!tensorkeep::testing::meta_graph(name).SerializeToOstream(&file)) return 1;
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "write_graphs: %s\n", error.what());
  return 1;
}
