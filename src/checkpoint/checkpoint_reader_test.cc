#include "tensorkeep/checkpoint_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "bundle/writer.h"
#include "io/default_file_system.h"
#include "io/memory_file_system.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/proto/trackable_object_graph.pb.h"

namespace tensorkeep::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

// Made by TensorFlow: tests/data/cli/make_checkpoints.py.
const std::string kData = TENSORKEEP_TEST_DATA "/cli/";

TEST(CheckpointReaderTest, MapsShowWholeTensors) {
  const CheckpointReader reader = NewCheckpointReader(kData + "parts");
  EXPECT_EQ(reader.prefix(), kData + "parts");
  EXPECT_THAT(reader.get_variable_to_shape_map(),
              ElementsAre(Pair("p", Shape({4, 2})), Pair("q", Shape())));
  EXPECT_THAT(reader.get_variable_to_dtype_map(),
              ElementsAre(Pair("p", int16), Pair("q", float32)));
  EXPECT_TRUE(reader.has_tensor("p"));
  EXPECT_FALSE(reader.has_tensor("p:0"));
  EXPECT_THAT(reader.get_tensor("p").data<std::int16_t>(), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  const TensorInfo info = reader.tensor_info("p");
  EXPECT_EQ(info.bytes, 16u);
  EXPECT_THAT(info.slices, ElementsAre("0,2:-", "2,2:-"));
  try {
    reader.get_tensor("r");
    ADD_FAILURE();
  } catch (const errors::NotFoundError& error) {
    EXPECT_THAT(error.message(), HasSubstr("Key r not found in checkpoint"));
    EXPECT_EQ(error.tensor(), "r");
  }
}

TEST(CheckpointReaderTest, DebugString) {
  EXPECT_EQ(NewCheckpointReader(kData + "parts.index").debug_string(),
            "p (DT_INT16) [4,2]\nq (DT_FLOAT) []\n");
}

TEST(CheckpointReaderTest, TheFunctionsOfCheckpointUtils) {
  EXPECT_EQ(load_variable(kData + "shapes", "scalar:0").value<std::int64_t>(), 7);
  EXPECT_THAT(list_variables(kData + "parts"),
              ElementsAre(Pair("p", Shape({4, 2})), Pair("q", Shape())));
  try {
    load_checkpoint(TENSORKEEP_TEST_DATA);
    ADD_FAILURE();
  } catch (const errors::NotFoundError& error) {
    EXPECT_THAT(error.message(),
                HasSubstr("Couldn't find 'checkpoint' file or checkpoints in given directory"));
    EXPECT_EQ(error.python_class(), errors::PythonClass::kValueError);
  }
}

class DamagedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "reader_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    dir_ = name;
    for (const char* file :
         {"parts.index", "parts.data-00000-of-00002", "parts.data-00001-of-00002"}) {
      std::filesystem::copy_file(kData + file, dir_ + "/" + file);
    }
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  std::vector<std::string> statuses() const {
    std::vector<std::string> result;
    for (const TensorVerdict& verdict : NewCheckpointReader(dir_ + "/parts").verify()) {
      EXPECT_EQ(verdict.ok(), verdict.message.empty());
      result.push_back(verdict.name + ": " + verdict.status);
    }
    return result;
  }

  std::string dir_;
};

TEST_F(DamagedTest, EveryDamageHasItsVerdict) {
  const std::string first = dir_ + "/parts.data-00000-of-00002";
  const std::string second = dir_ + "/parts.data-00001-of-00002";
  EXPECT_THAT(statuses(), ElementsAre("p: ok", "q: ok"));
  std::fstream(first, std::ios::in | std::ios::out | std::ios::binary).put('\x7f');
  EXPECT_THAT(statuses(), ElementsAre("p: checksum mismatch", "q: ok"));
  std::filesystem::copy_file(kData + "parts.data-00000-of-00002", first,
                             std::filesystem::copy_options::overwrite_existing);
  std::filesystem::resize_file(second, 10);
  EXPECT_THAT(statuses(), ElementsAre("p: ok", "q: truncated"));
  std::filesystem::remove(second);
  EXPECT_THAT(statuses(), ElementsAre("p: missing file", "q: missing file"));
}

TEST_F(DamagedTest, PartsAndSeveralTensorsAreRead) {
  const CheckpointReader reader(dir_ + "/parts");
  const std::vector<Tensor> both = reader.get_tensors({"q", "p"});
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[0].value<float>(), reader.get_tensor("q").value<float>());
  ASSERT_EQ(both[1].shape(), Shape({4, 2}));
  const Tensor rows = reader.get_slice("p", "1,2:-");
  ASSERT_EQ(rows.shape(), Shape({2, 2}));
  EXPECT_EQ(rows.data<std::int16_t>()[0], both[1].data<std::int16_t>()[2]);
  EXPECT_THROW(reader.get_slice("p", "3,2:-"), errors::InternalError);
  EXPECT_THROW(reader.get_slice("p", "x"), errors::InvalidArgumentError);
  EXPECT_THROW(reader.get_tensors({"p", "none"}), errors::NotFoundError);
  EXPECT_TRUE(reader.verify("q").ok());
  EXPECT_EQ(reader.verify("none").status, "missing file");
}

TEST_F(DamagedTest, ProgressEndsWithAll) {
  std::uint64_t last = 0;
  NewCheckpointReader(dir_ + "/parts").verify([&](std::uint64_t done, std::uint64_t total) {
    EXPECT_GE(done, last);
    EXPECT_EQ(total, 20u);
    last = done;
  });
  EXPECT_EQ(last, 20u);
}

// An object-based checkpoint of variables: keys and full names.
class ObjectBasedTest : public ::testing::Test {
 protected:
  void save(const std::vector<std::pair<std::string, std::string>>& variables) {
    proto::TrackableObjectGraph graph;
    std::vector<SaveItem> items;
    for (const auto& [key, full_name] : variables) {
      auto* attribute = graph.add_nodes()->add_attributes();
      attribute->set_checkpoint_key(key);
      attribute->set_full_name(full_name);
      items.push_back({key, Tensor::scalar(static_cast<std::int32_t>(items.size()))});
    }
    items.push_back({"_CHECKPOINTABLE_OBJECT_GRAPH", Tensor::scalar(graph.SerializeAsString())});
    bundle::write("c", items, {.file_system = &files_});
  }
  io::MemoryFileSystem files_;
  io::ScopedFileSystem scope_{files_};
};

TEST_F(ObjectBasedTest, TensorsGoByKeyAndByFullName) {
  save({{"net/w/.ATTRIBUTES/VARIABLE_VALUE", "dense/kernel"},
        {"dense/kernel/odd", "x"},
        {"x", "y"}});
  const CheckpointReader reader("c");
  EXPECT_EQ(reader.find_key("dense/kernel"), "net/w/.ATTRIBUTES/VARIABLE_VALUE");
  EXPECT_EQ(reader.find_key("x"), "x") << "keys go first";
  EXPECT_EQ(reader.find_key("none"), std::nullopt);
  EXPECT_TRUE(reader.has_tensor("dense/kernel"));
  EXPECT_FALSE(reader.has_tensor("dense"));
  EXPECT_EQ(reader.get_tensor("dense/kernel").value<std::int32_t>(), 0);
  EXPECT_EQ(reader.get_tensor("x").value<std::int32_t>(), 2);
  EXPECT_EQ(reader.get_tensors({"y", "dense/kernel"})[0].value<std::int32_t>(), 2);
  EXPECT_EQ(reader.get_slice("dense/kernel", "").value<std::int32_t>(), 0);
  EXPECT_EQ(reader.verify("dense/kernel").status, "ok");
  EXPECT_EQ(reader.verify("none").status, "missing file");
  EXPECT_EQ(reader.get_tensor("y").value<std::int32_t>(), 2);
  EXPECT_EQ(reader.tensor_info("dense/kernel").name, "net/w/.ATTRIBUTES/VARIABLE_VALUE");
  EXPECT_EQ(reader.tensor_info("dense/kernel").full_name, "dense/kernel");
  EXPECT_EQ(reader.tensors()[0].full_name, "");  // of the object graph
  EXPECT_EQ(reader.tensors()[2].full_name, "dense/kernel");
  EXPECT_EQ(reader.get_variable_to_shape_map().size(), 4u) << "keys only, as in TensorFlow";
  EXPECT_EQ(load_variable("c", "dense/kernel:0").value<std::int32_t>(), 0);
  EXPECT_THROW(reader.get_tensor("z"), errors::NotFoundError);
}

// docs/deviations.md: TensorFlow takes the last of them.
TEST_F(ObjectBasedTest, AFullNameOfTwoVariablesIsNoName) {
  save({{"a/w", "kernel"}, {"b/w", "kernel"}});
  const CheckpointReader reader("c");
  try {
    reader.get_tensor("kernel");
    ADD_FAILURE();
  } catch (const errors::InvalidArgumentError& error) {
    EXPECT_EQ(error.message(),
              "2 variables have the full name kernel: name one by its key, a/w, b/w");
  }
  EXPECT_EQ(reader.tensors()[2].full_name, "kernel");
}

TEST_F(ObjectBasedTest, ADamagedObjectGraphSpoilsNothingElse) {
  bundle::write(
      "c",
      std::vector<SaveItem>{{"_CHECKPOINTABLE_OBJECT_GRAPH", Tensor::scalar(std::string("\xff"))},
                            {"w", Tensor::scalar(1.0f)}},
      {.file_system = &files_});
  const CheckpointReader reader("c");
  EXPECT_EQ(reader.get_tensor("w").value<float>(), 1);
  EXPECT_EQ(reader.tensors().size(), 2u);
  EXPECT_THAT(
      reader.remarks(),
      ElementsAre("the variables' full names cannot be told: _CHECKPOINTABLE_OBJECT_GRAPH is "
                  "no TrackableObjectGraph (c)"));
  for (int i = 0; i < 2; ++i) EXPECT_THROW(reader.has_tensor("v"), errors::DataLossError);
}

}  // namespace
}  // namespace tensorkeep::train
