#include "tensorkeep/rename.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bundle/reader.h"
#include "bundle/writer.h"
#include "checkpoint/object_graph.h"
#include "checkpoint_testing.h"
#include "convert/name_map.h"
#include "convert/source.h"
#include "io/default_file_system.h"
#include "io/memory_file_system.h"
#include "slices/writer.h"
#include "tensorkeep/proto/trackable_object_graph.pb.h"

namespace tensorkeep {
namespace {

using convert::match_stars;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::Optional;

TEST(NameMapTest, StarsStandForAnyRun) {
  EXPECT_EQ(match_stars("a", "b"), std::nullopt);
  EXPECT_THAT(match_stars("a", "a"), Optional(ElementsAre()));
  EXPECT_THAT(match_stars("*", ""), Optional(ElementsAre("")));
  EXPECT_THAT(match_stars("a/*", "a/b/c"), Optional(ElementsAre("b/c")));
  EXPECT_EQ(match_stars("a/*", "a"), std::nullopt);
  EXPECT_THAT(match_stars("*/w", "a/w/w"), Optional(ElementsAre("a/w")));
  EXPECT_THAT(match_stars("*_*/w", "a_b_c/w"), Optional(ElementsAre("a", "b_c")));
  EXPECT_EQ(match_stars("a*a", "a"), std::nullopt);
  EXPECT_THAT(match_stars("**", "ab"), Optional(ElementsAre("", "ab")));
}

class RenameTest : public ::testing::Test {
 protected:
  io::MemoryFileSystem files;
  io::ScopedFileSystem scope{files};

  std::vector<SaveItem> items(const std::string& p, const std::string& q) {
    const Shape shape{4};
    const auto part = [&](const Tensor& tensor, const char* slice) {
      return SaveItem{p, tensor, ShapeAndSlice{shape, TensorSlice::parse(slice)}};
    };
    return {part(Tensor::vector<std::int32_t>({3, 4}), "2,2"),
            part(Tensor::vector<std::int32_t>({1, 2}), "0,2"),
            {q, Tensor::vector<std::string>({"a", "bc"})}};
  }
  std::vector<std::string> changes(const std::vector<RenameRule>& rules) {
    std::vector<std::string> lines;
    for (const auto& [from, to] : rename_tensors("a", "", rules, {.dry_run = true}).renamed) {
      lines.push_back(from + " " + to);
    }
    return lines;
  }
};

TEST_F(RenameTest, EitherFormatStaysAsItIs) {
  bundle::write("v2", items("net/p", "net/q"), {.file_system = &files});
  bundle::write("want2", items("new/p", "q"), {.file_system = &files});
  slices::write("v1", items("net/p", "net/q"), {.file_system = &files});
  slices::write("want1", items("new/p", "q"), {.file_system = &files});
  const std::vector<RenameRule> rules{{"net/*", "new/*"}, {"net/q", "q"}};
  const RenameSummary summary = rename_tensors("v2", "got2", rules);
  EXPECT_EQ(summary.tensors, 2u);
  EXPECT_EQ(summary.renamed.size(), 2u);
  EXPECT_EQ(files.get("got2.index"), files.get("want2.index"));
  EXPECT_EQ(files.get("got2.data-00000-of-00001"), files.get("want2.data-00000-of-00001"));
  rename_tensors("v1", "got1", rules);
  EXPECT_EQ(files.get("got1"), files.get("want1"));
  rename_tensors("v2", "v2", rules);  // in its place
  EXPECT_EQ(files.get("v2.index"), files.get("want2.index"));
}

TEST_F(RenameTest, TheFirstRuleThatFitsCountsAndExactNamesComeFirst) {
  bundle::write(
      "a",
      std::vector<SaveItem>{
          {"x", Tensor::scalar(1)}, {"x/m", Tensor::scalar(2)}, {"y*", Tensor::scalar(3)}},
      {.file_system = &files});
  EXPECT_THAT(changes({{"x*", "p*"}, {"x", "q"}, {"x/*", "r/*"}, {"y*", "s"}}),
              ElementsAre("x q", "x/m p/m", "y* s"));
}

TEST_F(RenameTest, WhatCannotBeIsAnErrorAndWritesNothing) {
  bundle::write("a", items("p", "q"), {.file_system = &files});
  const auto before = files.all_files();
  const auto error = [&](const std::vector<RenameRule>& rules) {
    return error_of([&] { rename_tensors("a", "b", rules); });
  };
  EXPECT_EQ(error({{"p", "q"}}),
            "InvalidArgumentError: Both p and q would be called q. Nothing was written.");
  EXPECT_EQ(error({{"*", "x"}}),
            "InvalidArgumentError: Both p and q would be called x. Nothing was written.");
  EXPECT_EQ(error({{"pp", "x"}}), "NotFoundError: No tensor is called pp; near it are: p, q");
  EXPECT_EQ(error({{"a/*", "x"}}), "NotFoundError: No tensor is called a/*");
  for (const RenameRule& rule : {RenameRule{"", "x"}, RenameRule{"p", ""}, RenameRule{"*", "**"}}) {
    EXPECT_THAT(error({rule}), ::testing::HasSubstr("InvalidArgumentError: The rule"));
  }
  EXPECT_EQ(rename_tensors("a", "b", {{"p", "r"}}, {.dry_run = true}).renamed.size(), 1u);
  EXPECT_EQ(files.all_files(), before);
  EXPECT_EQ(rename_tensors("a", "b", {{"p", "q"}, {"q", "p"}}).renamed.size(), 2u);  // swapped
}

TEST_F(RenameTest, TheObjectGraphGoesAlong) {
  const std::string key = "net/w/.ATTRIBUTES/VARIABLE_VALUE";
  proto::TrackableObjectGraph graph;
  auto* attribute = graph.add_nodes()->add_attributes();
  attribute->set_name("VARIABLE_VALUE");
  attribute->set_full_name("dense/kernel");
  attribute->set_checkpoint_key(key);
  bundle::write("a",
                std::vector<SaveItem>{
                    {checkpoint::kObjectGraphKey, Tensor::scalar(graph.SerializeAsString())},
                    {key, Tensor::scalar(1.5f)}},
                {.file_system = &files});
  const RenameSummary summary =
      rename_tensors("a", "b", {{"net/*", "my/net/*"}, {"dense/kernel", "fc/w"}});
  EXPECT_EQ(summary.renamed_variables.size(), 1u);
  const bundle::Reader reader("b", {.file_system = &files});
  const auto names = checkpoint::names_in(reader.read(checkpoint::kObjectGraphKey), "b");
  EXPECT_EQ(names.full_names, (std::map<std::string, std::string>{{"my/" + key, "fc/w"}}));
  EXPECT_EQ(reader.read("my/" + key).value<float>(), 1.5f);
  bundle::write("a", std::vector<SaveItem>{{checkpoint::kObjectGraphKey, Tensor::scalar(1)}},
                {.file_system = &files});
  EXPECT_EQ(error_of([] {
              rename_tensors("a", "b", {{"x", "y"}});
            }),
            "DataLossError: _CHECKPOINTABLE_OBJECT_GRAPH is no TrackableObjectGraph (a)");
}

}  // namespace
}  // namespace tensorkeep
