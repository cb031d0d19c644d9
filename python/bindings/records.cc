#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include <string_view>

#include "bindings.h"
#include "tensorkeep/record.h"

namespace tensorkeep::python {
namespace {

namespace nb = nanobind;
using namespace nb::literals;

std::string_view view(const nb::bytes& bytes) {
  return {bytes.c_str(), bytes.size()};
}

nb::bytes to_bytes(std::string_view text) {
  return nb::bytes(text.data(), text.size());
}

}  // namespace

void bind_records(nb::module_& m) {
  m.def(
      "masked_crc32c", [](const nb::bytes& data) { return masked_crc32c(view(data)); }, "data"_a,
      "The CRC-32C under the mask that TFRecord files and checkpoints use.");
  m.def(
      "frame_record", [](const nb::bytes& data) { return to_bytes(frame_record(view(data))); },
      "data"_a, "The bytes of a record in a TFRecord file.");

  nb::class_<RecordWriter>(m, "RecordWriter",
                           "Writes TFRecords to a file of its own. For one thread.\n\n"
                           "Raises AlreadyExistsError if the file is there.")
      .def(nb::init<const std::string&>(), "path"_a)
      .def(
          "write", [](RecordWriter& self, const nb::bytes& record) { self.write(view(record)); },
          "record"_a, "The record waits for a flush, or for many more.")
      .def("flush", &RecordWriter::flush,
           "Gives what waits to the system, so that every reader sees it.")
      .def("close", &RecordWriter::close, "Flushes and closes; once is enough.");

  nb::class_<RecordReader>(m, "RecordReader",
                           "Reads the TFRecords of a file, which may be growing.\n\n"
                           "Raises NotFoundError if there is no such file.")
      .def(nb::init<const std::string&>(), "path"_a)
      .def(
          "next",
          [](RecordReader& self) -> nb::object {
            const auto record = self.next();
            return record ? nb::object(to_bytes(*record)) : nb::none();
          },
          nb::sig("def next(self) -> bytes | None"),
          "The next record, or None where the file ends for now. Raises DataLossError for a record "
          "that is damaged or not whole.");
}

}  // namespace tensorkeep::python
