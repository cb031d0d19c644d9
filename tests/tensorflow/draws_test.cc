// What the programs that draw random numbers draw: the bits that TensorFlow draws for them
// (tests/data/random/draws.txt, written by make_draws.py).
#include "draws.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "programs/programs.h"

namespace tensorkeep::testing {
namespace {

std::map<std::string, std::vector<std::string>> committed_lines() {
  std::ifstream file(TENSORKEEP_TEST_DATA "/random/draws.txt");
  std::map<std::string, std::vector<std::string>> lines;
  for (std::string program, rest; file >> program && std::getline(file >> std::ws, rest);) {
    lines[program].push_back(rest);
  }
  return lines;
}

TEST(Draws, SeedsGiveTensorFlowsBits) {
  const auto committed = committed_lines();
  ASSERT_GE(committed.size(), 5U);
  for (const auto& [program, lines] : committed) {
    SCOPED_TRACE(program);
    const auto graph = std::make_shared<Graph>();
    const auto scope = graph->as_default();
    programs().at(program)();
    EXPECT_EQ(drawn_lines(*graph), lines);
  }
}

TEST(Draws, SessionsDrawAlike) {
  const auto graph = std::make_shared<Graph>();
  const auto scope = graph->as_default();
  programs().at("draws_of_a_graph_seed")();
  EXPECT_EQ(drawn_lines(*graph), drawn_lines(*graph));
}

}  // namespace
}  // namespace tensorkeep::testing
