#include "ops/op_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <thread>

#include "graph/op_def_lookup.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::ops {
namespace {

using proto::OpDef;
using ::testing::HasSubstr;

std::string_view no_sets(std::string_view) {
  return "";
}

OpDef parse(std::string_view line, TableVersion version = TableVersion::k2_21) {
  return parse_op_line(line, version, no_sets);
}

// As in tools/make_op_table.py: FNV-1a 64 of the serialisation, "-" for no definition.
std::string digest(const OpDef* op) {
  if (!op) return "-";
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char byte : op->SerializeAsString()) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001B3;
  }
  char text[17];
  std::snprintf(text, sizeof(text), "%016" PRIx64, hash);
  return text;
}

const OpDef::AttrDef& attr(const OpDef& op, std::string_view name) {
  for (const OpDef::AttrDef& attr : op.attr()) {
    if (attr.name() == name) return attr;
  }
  throw std::out_of_range("no attribute " + std::string(name));
}

TEST(OpTable, EveryDefinitionIsTensorFlowsOwn) {
  std::ifstream digests(TENSORKEEP_TEST_DATA "/ops/op_digests.txt");
  ASSERT_TRUE(digests) << "the golden digests are missing";
  std::vector<std::string> names;
  for (std::string line; std::getline(digests, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream columns(line);
    std::string name, old_digest, new_digest;
    columns >> name >> old_digest >> new_digest;
    EXPECT_EQ(digest(graph::find_op_def_1_15(name)), old_digest) << name << " of 1.15";
    EXPECT_EQ(digest(find_table_op(name, TableVersion::k2_21)), new_digest) << name << " of 2.21";
    names.push_back(name);
  }
  const std::vector<std::string_view> all = graph::all_op_names();
  EXPECT_EQ(names, std::vector<std::string>(all.begin(), all.end()));
  EXPECT_EQ(names.size(), 1933u);  // 1,908 of 2.21, and 25 that only 1.15 has
}

TEST(OpTable, UnknownNamesGiveNull) {
  for (const char* name :
       {"", "-", "+", "@number", "number", "MatMu", "MatMull", "matmul", "-Rpc", "MatMul(", "~"}) {
    EXPECT_EQ(graph::find_op_def(name), nullptr) << name;
    EXPECT_EQ(graph::find_op_def_1_15(name), nullptr) << name;
    EXPECT_EQ(find_table_op(name, TableVersion::k2_21), nullptr) << name;
  }
  try {
    graph::export_op_def("MatMull");
    FAIL() << "exported an operation that does not exist";
  } catch (const errors::NotFoundError& error) {
    EXPECT_THAT(error.what(), HasSubstr("Op type not registered 'MatMull' in binary"));
  }
}

TEST(OpTable, ExportTakesTheOlderDefinition) {
  EXPECT_EQ(&graph::export_op_def("MatMul"), graph::find_op_def_1_15("MatMul"));
  EXPECT_THROW(attr(graph::export_op_def("MatMul"), "grad_a"), std::out_of_range);
  EXPECT_EQ(&graph::export_op_def("DenseBincount"),
            find_table_op("DenseBincount", TableVersion::k2_21));
}

TEST(OpTable, ImportAcceptsWhatEitherVersionAccepts) {
  EXPECT_EQ(attr(*graph::find_op_def("MatMul"), "grad_a").default_value().b(), false);
  EXPECT_EQ(graph::find_op_def("Rpc"), graph::find_op_def_1_15("Rpc"));
  EXPECT_EQ(graph::find_op_def("DenseBincount"),
            find_table_op("DenseBincount", TableVersion::k2_21));
  // Acos of int32 was 1.15's only; int8 for Abs is 2.21's only.
  EXPECT_THAT(attr(*graph::find_op_def("Acos"), "T").allowed_values().list().type(),
              testing::IsSupersetOf({proto::DT_INT32, proto::DT_COMPLEX128}));
  EXPECT_THAT(attr(*graph::find_op_def("Abs"), "T").allowed_values().list().type(),
              testing::Contains(proto::DT_INT8));
  // 1.15 wanted -1 or more, 2.21 asks for nothing; and 1 or more against 0 or more.
  EXPECT_FALSE(
      attr(*graph::find_op_def("LoadTPUEmbeddingADAMParameters"), "table_id").has_minimum());
  EXPECT_EQ(attr(*graph::find_op_def("StringJoin"), "N").minimum(), 0);
}

TEST(OpTable, ThreadsShareOneDefinition) {
  std::vector<const OpDef*> found(8);
  {
    std::vector<std::jthread> threads;
    for (const OpDef*& slot : found) {
      threads.emplace_back([&slot] { slot = graph::find_op_def("FusedBatchNormV3"); });
    }
  }
  EXPECT_THAT(found, testing::Each(found[0]));
  EXPECT_EQ(found[0]->name(), "FusedBatchNormV3");
}

TEST(OpLine, MarksTellTheVersionsApart) {
  constexpr std::string_view line =
      "F(-a: int32, +a: N*Ref(T), b: variant +<RAGGED($T)>) -> (c: Tout...); "
      "+N: int = 3 >= 2; T: type -= float += half -in {float} +in {half, int4}; "
      "Tout: list(type) in {int32, +int64, -bool}; -stateful; +deprecated 7 \"Use \\\"G\\\"\"";
  const OpDef old = parse(line, TableVersion::k1_15), now = parse(line, TableVersion::k2_21);
  EXPECT_EQ(old.ShortDebugString(),
            "name: \"F\" input_arg { name: \"a\" type: DT_INT32 } "
            "input_arg { name: \"b\" type: DT_VARIANT } "
            "output_arg { name: \"c\" type_list_attr: \"Tout\" } "
            "attr { name: \"T\" type: \"type\" default_value { type: DT_FLOAT } "
            "allowed_values { list { type: DT_FLOAT } } } "
            "attr { name: \"Tout\" type: \"list(type)\" "
            "allowed_values { list { type: DT_INT32 type: DT_BOOL } } } is_stateful: true");
  EXPECT_EQ(
      now.ShortDebugString(),
      "name: \"F\" input_arg { name: \"a\" type_attr: \"T\" number_attr: \"N\" is_ref: true } "
      "input_arg { name: \"b\" type: DT_VARIANT experimental_full_type { type_id: TFT_RAGGED "
      "args { type_id: TFT_VAR s: \"T\" } } } "
      "output_arg { name: \"c\" type_list_attr: \"Tout\" } "
      "attr { name: \"N\" type: \"int\" default_value { i: 3 } has_minimum: true minimum: 2 } "
      "attr { name: \"T\" type: \"type\" default_value { type: DT_HALF } "
      "allowed_values { list { type: DT_HALF type: DT_INT4 } } } "
      "attr { name: \"Tout\" type: \"list(type)\" "
      "allowed_values { list { type: DT_INT32 type: DT_INT64 } } } "
      "deprecation { version: 7 explanation: \"Use \\\"G\\\"\" }");
}

TEST(OpLine, MalformedLinesNameTheColumn) {
  const std::pair<const char*, const char*> cases[] = {
      {"F", "expected ( at column 1"},
      {"F(a: int32", "expected a word at column 10"},
      {"F() -> () x", "expected the end at column 9"},
      {"F() -> (); sateful", "expected a flag at column 18"},
      {"F() -> (); a: int = x", "expected a number at column 20"},
      {"F() -> (); a: string = \"x", "expected a closing quote at column 25"},
      {"F() -> (); a: string = \"\\q\"", "expected an escape at column 26"},
      {"F() -> (); a: type = flaot", "expected a type at column 26"},
      {"F(a: variant <NO>) -> ()", "expected a full type at column 16"},
  };
  for (const auto& [line, text] : cases) {
    try {
      parse(line);
      ADD_FAILURE() << "parsed " << line;
    } catch (const errors::InternalError& error) {
      EXPECT_THAT(error.what(), HasSubstr(text));
    }
  }
}

}  // namespace
}  // namespace tensorkeep::ops
