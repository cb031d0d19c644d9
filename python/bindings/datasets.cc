#include <nanobind/nanobind.h>

#include "arrays.h"
#include "bindings.h"
#include "convert.h"
#include "python_objects.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

std::optional<std::uint32_t> to_seed(const OptionalInt& seed) {
  if (!seed.value) return std::nullopt;
  return static_cast<std::uint32_t>(*seed.value);
}

}  // namespace

void bind_datasets(nb::module_& root) {
  nb::module_ m =
      root.def_submodule("datasets", "Handwritten digits in MNIST's files, in batches.");
  nb::class_<datasets::DataSet>(m, "DataSet", nb::dynamic_attr(), "Images with their labels.")
      .def(
          "__init__",
          [](datasets::DataSet* self, nb::handle images, nb::handle labels,
             const OptionalInt& seed) {
            new (self) datasets::DataSet(tensor_of_object(images, std::nullopt),
                                         tensor_of_object(labels, std::nullopt), to_seed(seed));
          },
          "images"_a, "labels"_a, "seed"_a = nb::none())
      .def_prop_ro(
          "images", [](const datasets::DataSet& self) { return array_of(self.images()); },
          "An array [examples, 784] of float32, or as it was given.")
      .def_prop_ro(
          "labels", [](const datasets::DataSet& self) { return array_of(self.labels()); },
          "An array [examples], or [examples, classes] with one_hot.")
      .def_prop_ro("num_examples", &datasets::DataSet::num_examples, "The number of examples.")
      .def_prop_ro("epochs_completed", &datasets::DataSet::epochs_completed,
                   "How often all examples have been handed out.")
      .def(
          "next_batch",
          [](datasets::DataSet& self, std::int64_t batch_size, bool, bool shuffle) {
            auto [images, labels] = self.next_batch(batch_size, shuffle);
            return nb::make_tuple(array_of(std::move(images)), array_of(std::move(labels)));
          },
          "batch_size"_a, "fake_data"_a = false, "shuffle"_a = true,
          "The next images and labels; with the same seed those of TensorFlow's tutorial.");
  nb::class_<datasets::Datasets>(m, "Datasets")
      .def_ro("train", &datasets::Datasets::train, "The DataSet to train with.")
      .def_ro("validation", &datasets::Datasets::validation, "The DataSet to choose by.")
      .def_ro("test", &datasets::Datasets::test, "The DataSet to measure with.");
  m.def(
      "read_data_sets",
      [](const Text& train_dir, bool one_hot, nb::handle dtype, bool reshape,
         const OptionalInt& validation_size, const OptionalInt& seed) {
        return datasets::read_data_sets(train_dir.value, {.one_hot = one_hot,
                                                          .dtype = dtype_of_object(dtype),
                                                          .reshape = reshape,
                                                          .validation_size = validation_size.value,
                                                          .seed = to_seed(seed)});
      },
      "train_dir"_a, "one_hot"_a = false, "dtype"_a = "float32", "reshape"_a = true,
      "validation_size"_a = nb::none(), "seed"_a = nb::none(),
      "MNIST's four files in a folder, gzipped or plain, as three DataSets. Raises NotFoundError, "
      "DataLossError; nothing is downloaded.");
}

}  // namespace tensorkeep::python
