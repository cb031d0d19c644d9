#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "datasets/idx.h"
#include "tensorkeep/datasets.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::datasets {
namespace {

constexpr std::int64_t kClasses = 10;
constexpr std::int64_t kDefaultValidationSize = 5000;

std::string find_file(const std::string& dir, const std::string& name) {
  for (const char* suffix : {".gz", ""}) {
    std::string path = dir + (dir.empty() || dir.back() == '/' ? "" : "/") + name + suffix;
    struct stat status;
    if (::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode)) return path;
  }
  throw errors::NotFoundError(
      fmt::format("{0}/{1}; No such file or directory. The folder of the digits must hold "
                  "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and "
                  "t10k-labels-idx1-ubyte, plain or with .gz",
                  dir, name),
      {.file = dir + "/" + name});
}

Tensor scaled_to_one(const Tensor& bytes) {
  Tensor result(float32, bytes.shape());
  const auto in = bytes.data<std::uint8_t>();
  const auto out = result.mutable_data<float>();
  constexpr float kScale = 1.0 / 255.0;
  for (std::size_t i = 0; i < in.size(); ++i) out[i] = static_cast<float>(in[i]) * kScale;
  return result;
}

Tensor read_images(const std::string& path, const ReadOptions& options) {
  Tensor images = read_idx(path, 3, "image");
  const auto dims = images.shape().dims();
  // Bounded by the file's size: each pixel is a byte of it, unless there are no images at all.
  images = options.reshape
               ? images.reshaped(Shape{dims[0], images.num_elements() == 0 ? 0 : dims[1] * dims[2]})
               : images.reshaped(Shape{dims[0], dims[1], dims[2], 1});
  return options.dtype == float32 ? scaled_to_one(images) : images;
}

Tensor read_labels(const std::string& path, bool one_hot) {
  Tensor labels = read_idx(path, 1, "label");
  const auto values = labels.data<std::uint8_t>();
  const auto wrong =
      std::find_if(values.begin(), values.end(), [](std::uint8_t v) { return v >= kClasses; });
  if (wrong != values.end()) {
    errors::raise_value_error(
        fmt::format("{}: label {} of example {} is no digit", path, *wrong, wrong - values.begin()),
        {.file = path});
  }
  if (!one_hot) return labels;
  Tensor dense = Tensor::zeros(float32, {labels.num_elements(), kClasses});
  const auto out = dense.mutable_data<float>();
  for (std::size_t i = 0; i < values.size(); ++i) {
    out[i * static_cast<std::size_t>(kClasses) + values[i]] = 1;
  }
  return dense;
}

struct Part {
  Tensor images;
  Tensor labels;
};

Part read_part(const std::string& dir, const std::string& name, const ReadOptions& options) {
  const std::string image_path = find_file(dir, name + "-images-idx3-ubyte");
  const std::string label_path = find_file(dir, name + "-labels-idx1-ubyte");
  Part part{read_images(image_path, options), read_labels(label_path, options.one_hot)};
  if (part.images.shape().dim(0) != part.labels.shape().dim(0)) {
    errors::raise_value_error(
        fmt::format("{} holds {} images, but {} holds {} labels", image_path,
                    part.images.shape().dim(0), label_path, part.labels.shape().dim(0)),
        {.file = label_path});
  }
  return part;
}

}  // namespace

Datasets read_data_sets(const std::string& train_dir, const ReadOptions& options) {
  if (options.dtype != float32 && options.dtype != uint8) {
    errors::raise_type_error(
        fmt::format("Invalid image dtype {}, expected uint8 or float32", name_of(options.dtype)));
  }
  const Part train = read_part(train_dir, "train", options);
  const Part test = read_part(train_dir, "t10k", options);
  const std::int64_t count = train.images.shape().dim(0);
  const std::int64_t held =
      options.validation_size.value_or(std::min(kDefaultValidationSize, count / 10));
  if (held < 0 || held > count) {
    errors::raise_value_error(
        fmt::format("Validation size should be between 0 and {}. Received: {}.", count, held));
  }
  return {DataSet(train.images.rows(held, count), train.labels.rows(held, count), options.seed),
          DataSet(train.images.rows(0, held), train.labels.rows(0, held), options.seed),
          DataSet(test.images, test.labels, options.seed)};
}

}  // namespace tensorkeep::datasets
