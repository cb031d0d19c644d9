// Our graphs against TensorFlow's committed ones (tests/data/graphs), line by line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "graph_text.h"
#include "programs/programs.h"

namespace tensorkeep::testing {
namespace {

const std::filesystem::path kGraphs = TENSORKEEP_TEST_DATA "/graphs";

std::vector<std::string> golden_lines(const std::string& name) {
  std::ifstream file(kGraphs / (name + ".txt"));
  EXPECT_TRUE(file) << "no committed graph of " << name;
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

// The lines that only one has, those of one node beside each other.
std::string difference(const std::vector<std::string>& want, const std::vector<std::string>& got) {
  std::vector<std::string> found;
  const auto only = [&](const auto& a, const auto& b, const char* mark) {
    std::vector<std::string> lines;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(lines));
    for (const std::string& line : lines) found.push_back(line + "   " + mark);
  };
  only(want, got, "<- TensorFlow");
  only(got, want, "<- ours");
  std::sort(found.begin(), found.end());
  std::string text;
  for (const std::string& line : found) text += line + "\n";
  return text;
}

class GraphIdentity : public ::testing::TestWithParam<std::string> {};

TEST_P(GraphIdentity, IsTensorFlowsGraph) {
  const std::string found =
      difference(golden_lines(GetParam()), graph_lines(meta_graph(GetParam())));
  EXPECT_TRUE(found.empty()) << found;
}

std::vector<std::string> program_names() {
  std::vector<std::string> names;
  for (const auto& [name, build] : programs()) names.push_back(name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Programs, GraphIdentity, ::testing::ValuesIn(program_names()),
                         [](const auto& info) { return info.param; });

TEST(GraphIdentity, EveryCommittedGraphHasItsProgram) {
  std::vector<std::string> committed;
  for (const auto& entry : std::filesystem::directory_iterator(kGraphs)) {
    committed.push_back(entry.path().stem());
  }
  EXPECT_THAT(committed, ::testing::UnorderedElementsAreArray(program_names()));
}

}  // namespace
}  // namespace tensorkeep::testing
