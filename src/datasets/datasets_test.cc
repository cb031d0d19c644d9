#include "tensorkeep/datasets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <zlib.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "datasets/idx.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::datasets {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class DatasetsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "datasets_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    dir_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  std::string path(const std::string& name) const { return dir_ + "/" + name; }
  std::string write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }
  std::string write_gz(const std::string& name, const std::string& bytes) const {
    const gzFile file = gzopen(path(name).c_str(), "wb");
    EXPECT_EQ(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())),
              static_cast<int>(bytes.size()));
    gzclose(file);
    return path(name);
  }

  std::string dir_;
};

std::string idx(std::uint8_t type, const std::vector<std::uint32_t>& dims,
                const std::string& values) {
  std::string bytes{'\0', '\0', static_cast<char>(type), static_cast<char>(dims.size())};
  for (const std::uint32_t dim : dims) {
    for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(dim >> shift);
  }
  return bytes + values;
}

// `count` images of 2x2 whose pixels are all the number of the image, labelled number % 10.
void write_part(const std::string& dir, const std::string& name, int count) {
  std::string pixels;
  std::string labels;
  for (int i = 0; i < count; ++i) {
    pixels.append(4, static_cast<char>(i));
    labels += static_cast<char>(i % 10);
  }
  const auto n = static_cast<std::uint32_t>(count);
  std::ofstream(dir + "/" + name + "-images-idx3-ubyte", std::ios::binary)
      << idx(8, {n, 2, 2}, pixels);
  std::ofstream(dir + "/" + name + "-labels-idx1-ubyte", std::ios::binary) << idx(8, {n}, labels);
}

TEST_F(DatasetsTest, IdxIsReadPlainAndGzipped) {
  const std::string bytes = idx(8, {2, 1, 2}, "abcd");
  for (const std::string& file : {write("plain", bytes), write_gz("packed.gz", bytes)}) {
    const Tensor tensor = read_idx(file, 3, "image");
    EXPECT_EQ(tensor.shape(), Shape({2, 1, 2}));
    EXPECT_THAT(tensor.data<std::uint8_t>(), ElementsAre('a', 'b', 'c', 'd'));
  }
}

TEST_F(DatasetsTest, LyingIdxFilesAreErrors) {
  const std::string good = idx(8, {2, 2}, "abcd");
  std::string packed;
  {
    std::ifstream file(write_gz("good.gz", good), std::ios::binary);
    packed.assign(std::istreambuf_iterator<char>(file), {});
  }
  std::string flipped = packed;
  flipped[flipped.size() - 6] ^= 1;  // within the stored crc
  const struct {
    const char* name;
    std::string bytes;
    errors::Code code;
    const char* text;
  } table[] = {
      {"empty", "", errors::Code::kDataLoss, "truncated within the header"},
      {"magic", "PK\3\4 and so on", errors::Code::kInvalidArgument,
       "Invalid magic number 1347093252 in MNIST image file: "},
      {"type", idx(13, {2, 2}, "abcd"), errors::Code::kInvalidArgument,
       "Invalid magic number 3330"},
      {"rank", idx(8, {4}, "abcd"), errors::Code::kInvalidArgument, "Invalid magic number 2049"},
      {"header", good.substr(0, 10), errors::Code::kDataLoss, "truncated within the header"},
      {"short", good.substr(0, good.size() - 1), errors::Code::kDataLoss,
       "its header promises 4 bytes"},
      {"long", good + "e", errors::Code::kDataLoss, "more data than the 4 values"},
      {"huge", idx(8, {0xffffffffu, 0x7fffffffu}, "abcd"), errors::Code::kDataLoss,
       "its header promises 9223372030412324865 values"},
      {"overflow", idx(8, {0xffffffffu, 0xffffffffu}, "abcd"), errors::Code::kDataLoss,
       "2^63 or more values"},
      {"cut.gz", packed.substr(0, packed.size() - 9), errors::Code::kDataLoss,
       "damaged or cut off"},
      {"crc.gz", flipped, errors::Code::kDataLoss, "damaged or cut off"},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.name);
    const std::string file = write(row.name, row.bytes);
    try {
      read_idx(file, 2, "image");
      ADD_FAILURE() << "no error";
    } catch (const errors::Error& error) {
      EXPECT_EQ(error.code(), row.code);
      EXPECT_THAT(error.message(), HasSubstr(row.text));
      EXPECT_THAT(error.message(), HasSubstr(file));
      EXPECT_EQ(error.file(), file);
    }
  }
  EXPECT_THROW(read_idx(path("absent"), 2, "image"), errors::NotFoundError);
  EXPECT_THROW(read_idx(dir_, 2, "image"), errors::NotFoundError);
}

TEST_F(DatasetsTest, ReadsTheFourFiles) {
  write_part(dir_, "train", 30);
  write_part(dir_, "t10k", 7);
  const auto mnist =
      examples::tutorials::mnist::input_data::read_data_sets(dir_, {.one_hot = true, .seed = 1});
  EXPECT_EQ(mnist.validation.num_examples(), 3) << "a tenth";
  EXPECT_EQ(mnist.train.num_examples(), 27);
  EXPECT_EQ(mnist.test.num_examples(), 7);
  EXPECT_EQ(mnist.test.images().shape(), Shape({7, 4}));
  EXPECT_EQ(mnist.test.labels().shape(), Shape({7, 10}));
  EXPECT_EQ(mnist.train.images().data<float>()[0], 3 * (1.0f / 255)) << "after the validation set";
  EXPECT_THAT(mnist.test.labels().rows(2, 3).data<float>(),
              ElementsAre(0, 0, 1, 0, 0, 0, 0, 0, 0, 0));

  const Datasets raw =
      read_data_sets(dir_ + "/", {.dtype = uint8, .reshape = false, .validation_size = 0});
  EXPECT_EQ(raw.train.images().shape(), Shape({30, 2, 2, 1}));
  EXPECT_EQ(raw.train.images().dtype(), uint8);
  EXPECT_EQ(raw.train.labels().dtype(), uint8);
  EXPECT_EQ(raw.validation.num_examples(), 0);
}

TEST_F(DatasetsTest, WrongArgumentsAndFilesAreErrors) {
  EXPECT_THROW(read_data_sets(dir_), errors::NotFoundError);
  write_part(dir_, "train", 30);
  write_part(dir_, "t10k", 7);
  const auto message = [&](const ReadOptions& options) -> std::string {
    try {
      read_data_sets(dir_, options);
    } catch (const errors::InvalidArgumentError& error) {
      return error.message();
    }
    return "";
  };
  EXPECT_EQ(message({.validation_size = 31}),
            "Validation size should be between 0 and 30. Received: 31.");
  EXPECT_EQ(message({.validation_size = -1}),
            "Validation size should be between 0 and 30. Received: -1.");
  EXPECT_EQ(message({.dtype = float64}), "Invalid image dtype float64, expected uint8 or float32");
  write("t10k-labels-idx1-ubyte", idx(8, {6}, std::string(6, '\1')));
  EXPECT_THAT(message({}), HasSubstr("holds 6 labels"));
  write("t10k-labels-idx1-ubyte", idx(8, {7}, std::string(7, '\12')));
  EXPECT_THAT(message({}), HasSubstr("label 10 of example 0 is no digit"));
}

DataSet ten(std::optional<std::uint32_t> seed) {
  std::vector<float> images;
  std::vector<std::uint8_t> labels;
  for (int i = 0; i < 10; ++i) {
    images.push_back(static_cast<float>(i));
    labels.push_back(static_cast<std::uint8_t>(i));
  }
  return DataSet(Tensor::from(images, {10, 1}), Tensor::vector(labels), seed);
}

std::vector<int> labels_of(DataSet& set, std::int64_t count, bool shuffle = true) {
  const auto [images, labels] = set.next_batch(count, shuffle);
  std::vector<int> result;
  for (const std::uint8_t label : labels.data<std::uint8_t>()) result.push_back(label);
  for (std::size_t i = 0; i < result.size(); ++i) EXPECT_EQ(images.data<float>()[i], result[i]);
  return result;
}

// numpy 2.4: np.random.seed(7), then per epoch p = np.arange(10); np.random.shuffle(p); a = a[p].
TEST(DataSetTest, BatchesAreThoseOfTensorFlowWithTheSameSeed) {
  DataSet set = ten(7);
  EXPECT_THAT(labels_of(set, 6), ElementsAre(8, 5, 0, 2, 1, 9));
  EXPECT_EQ(set.epochs_completed(), 0);
  EXPECT_THAT(labels_of(set, 6), ElementsAre(7, 3, 6, 4, /* next epoch */ 5, 2));
  EXPECT_EQ(set.epochs_completed(), 1);
  EXPECT_THAT(labels_of(set, 8), ElementsAre(0, 9, 4, 8, 1, 7, 3, 6));
  EXPECT_EQ(set.epochs_completed(), 1) << "an epoch ends when the next one begins";
  EXPECT_THAT(labels_of(set, 3), ElementsAre(0, 4, 2));
}

TEST(DataSetTest, WithoutShufflingTheOrderIsTheFiles) {
  DataSet set = ten(std::nullopt);
  EXPECT_THAT(labels_of(set, 4, false), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(labels_of(set, 8, false), ElementsAre(4, 5, 6, 7, 8, 9, 0, 1));
}

// docs/deviations.md: TensorFlow's tutorial returns fewer examples than asked for here.
TEST(DataSetTest, ABatchMayHoldSeveralEpochs) {
  DataSet set = ten(1);
  EXPECT_EQ(labels_of(set, 25).size(), 25u);
  EXPECT_EQ(set.epochs_completed(), 2);
  EXPECT_EQ(labels_of(set, 0).size(), 0u);
  EXPECT_THROW(set.next_batch(-1), errors::InvalidArgumentError);
}

TEST(DataSetTest, MismatchedOrEmptySetsAreErrors) {
  EXPECT_THROW(DataSet(Tensor(float32, {2, 1}), Tensor(uint8, {3}), 1),
               errors::InvalidArgumentError);
  DataSet empty(Tensor(float32, {0, 1}), Tensor(uint8, {0}), 1);
  EXPECT_THROW(empty.next_batch(1), errors::InvalidArgumentError);
}

TEST(BuiltInDigitsTest, AreWholeAndBalanced) {
  const Datasets digits = read_data_sets(TENSORKEEP_SOURCE_DIR "/data/digits");
  EXPECT_EQ(digits.train.num_examples(), 1541 - 154);
  EXPECT_EQ(digits.validation.num_examples(), 154);
  EXPECT_EQ(digits.test.num_examples(), 256);
  EXPECT_EQ(digits.test.images().shape(), Shape({256, 784}));
  std::vector<int> seen(10);
  for (const std::uint8_t label : digits.test.labels().data<std::uint8_t>()) ++seen[label];
  for (const int count : seen) EXPECT_GE(count, 15);
}

}  // namespace
}  // namespace tensorkeep::datasets
