#include "tensorkeep/checkpoint_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "tensorkeep/errors.h"

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

}  // namespace
}  // namespace tensorkeep::train
