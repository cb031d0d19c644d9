#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tensorkeep/dtype.h"
#include "tensorkeep/tensor.h"

// Handwritten digits in MNIST's files, in batches, as TensorFlow's MNIST tutorial has them.
namespace tensorkeep::datasets {

// Images with their labels, handed out in batches that run through the set again and again, in a
// new order each time. A value that copies its place in the epoch; not for several threads at once.
class DataSet {
 public:
  // `images` and `labels` have the same number of rows; throws AssertionError-like
  // InvalidArgumentError otherwise. The order of batches depends on nothing but `seed`; without one
  // it differs from run to run.
  DataSet(Tensor images, Tensor labels, std::optional<std::uint32_t> seed);

  // All of them, in the order of the file. Float32 images are [n, rows*columns] (or
  // [n, rows, columns, 1] without `reshape`) with values from 0 to 1; labels are [n] uint8, or
  // [n, 10] float32 if one-hot.
  const Tensor& images() const { return images_; }
  const Tensor& labels() const { return labels_; }
  std::int64_t num_examples() const { return images_.shape().dim(0); }
  std::int64_t epochs_completed() const { return epochs_completed_; }

  // The next `batch_size` images and labels. Where an epoch ends within the batch, the rest comes
  // from the next one. With the same seed these are the batches of TensorFlow's
  // tutorials/mnist/input_data.py, which shuffles with numpy's random numbers. Throws
  // InvalidArgumentError if batch_size is negative, or positive for an empty set.
  std::pair<Tensor, Tensor> next_batch(std::int64_t batch_size, bool shuffle = true);

 private:
  void shuffle();

  Tensor images_;
  Tensor labels_;
  std::vector<std::int64_t> order_;
  std::int64_t index_in_epoch_ = 0;
  std::int64_t epochs_completed_ = 0;
  std::mt19937 random_;  // the generator of numpy.random, seeded alike
};

struct Datasets {
  DataSet train;
  DataSet validation;
  DataSet test;
};

struct ReadOptions {
  bool one_hot = false;   // labels as rows of 10 floats with a single 1
  DType dtype = float32;  // or uint8: the bytes of the file
  bool reshape = true;    // images as rows of rows*columns
  // Taken from the front of the training set. Without a value: 5,000 or a tenth, whichever is less.
  std::optional<std::int64_t> validation_size = std::nullopt;
  std::optional<std::uint32_t> seed = std::nullopt;
};

// Reads train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and
// t10k-labels-idx1-ubyte from `train_dir`, each plain or with ".gz". Nothing is downloaded.
// Throws NotFoundError if one is missing, DataLossError if one is truncated or its gzip data is
// damaged, InvalidArgumentError if one is no IDX file of images or labels, if counts differ, if the
// validation size is out of range, or if dtype is neither float32 nor uint8.
// The format: http://yann.lecun.com/exdb/mnist/.
Datasets read_data_sets(const std::string& train_dir, const ReadOptions& options = {});

}  // namespace tensorkeep::datasets

namespace tensorkeep::examples::tutorials::mnist::input_data {
using datasets::DataSet;
using datasets::Datasets;
using datasets::read_data_sets;
using datasets::ReadOptions;
}  // namespace tensorkeep::examples::tutorials::mnist::input_data
