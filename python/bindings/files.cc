#include <nanobind/nanobind.h>

#include "bindings.h"
#include "convert.h"
#include "docstrings.h"
#include "tensorkeep/record.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

// What a text file gives is str, a binary one bytes.
nb::object content(const gfile::GFile& file, const std::string& read) {
  if (file.mode().find('b') != std::string::npos) return nb::bytes(read.data(), read.size());
  PyObject* text = PyUnicode_DecodeUTF8(read.data(), static_cast<Py_ssize_t>(read.size()), nullptr);
  if (text == nullptr) throw nb::python_error();
  return nb::steal(text);
}

void bind_gfile(nb::module_& m) {
  using gfile::GFile;
  nb::class_<GFile>(m, "GFile", nb::dynamic_attr(),
                    "An open file. What is written reaches the file in one atomic step.")
      .def(
          "__init__",
          [](GFile* self, const Text& name, const std::string& mode) {
            new (self) GFile(name.value, mode);
          },
          "name"_a, "mode"_a = "r")
      .def_prop_ro("name", &GFile::name, "The path it was opened with.")
      .def_prop_ro("mode", &GFile::mode, "The mode it was opened with.")
      .def(
          "read", [](GFile& self, std::int64_t n) { return content(self, self.read(n)); },
          "n"_a = -1,
          "The next `n` bytes, or all that is left: str, or bytes if the mode has a \"b\".")
      .def(
          "readline", [](GFile& self) { return content(self, self.readline()); },
          "The next line with its newline; empty at the end.")
      .def(
          "readlines",
          [](GFile& self) {
            nb::list lines;
            for (const std::string& line : self.readlines()) lines.append(content(self, line));
            return lines;
          },
          "A list of all lines that are left.")
      .def(
          "write", [](GFile& self, const Text& text) { self.write(text.value); }, "file_content"_a,
          "Appends text or bytes. Raises PermissionDeniedError if the file is open for reading.")
      .def("size", &GFile::size, "The number of bytes of the file.")
      .def("tell", &GFile::tell, "The position of the next byte to read.")
      .def("seek", &GFile::seek, "offset"_a, "Moves to a position, in bytes from the beginning.")
      .def("flush", &GFile::flush, "Hands on what was written so far.")
      .def("close", &GFile::close, "Closes the file; what was written appears under its name now.")
      .def("__enter__", [](nb::handle self) { return nb::borrow(self); })
      .def("__exit__", [](GFile& self, nb::args) { self.close(); })
      .def("__iter__", [](nb::handle self) { return nb::borrow(self); })
      .def("__next__", [](GFile& self) {
        const std::string line = self.readline();
        if (line.empty()) throw nb::stop_iteration();
        return content(self, line);
      });
  const auto question = [&](const char* name, bool (*function)(const std::string&)) {
    m.def(
        name, [function](const Text& path) { return function(path.value); }, "path"_a,
        docstring(name));
  };
  const auto action = [&](const char* name, void (*function)(const std::string&)) {
    m.def(
        name, [function](const Text& path) { function(path.value); }, "path"_a, docstring(name));
  };
  const auto transfer = [&](const char* name,
                            void (*function)(const std::string&, const std::string&, bool)) {
    m.def(
        name,
        [function](const Text& from, const Text& to, bool overwrite) {
          function(from.value, to.value, overwrite);
        },
        "src"_a, "dst"_a, "overwrite"_a = false, docstring(name));
  };
  question("Exists", &gfile::Exists);
  question("IsDirectory", &gfile::IsDirectory);
  m.def(
      "ListDirectory", [](const Text& path) { return gfile::ListDirectory(path.value); }, "path"_a,
      "A list of the names in a folder, without \".\" and \"..\". Raises NotFoundError.");
  action("MkDir", &gfile::MkDir);
  action("MakeDirs", &gfile::MakeDirs);
  action("Remove", &gfile::Remove);
  action("DeleteRecursively", &gfile::DeleteRecursively);
  transfer("Rename", &gfile::Rename);
  transfer("Copy", &gfile::Copy);
}

}  // namespace

void bind_files(nb::module_& root) {
  nb::module_ m = root.def_submodule("gfile", "Files, as tf.gfile has them.");
  bind_gfile(m);
}

}  // namespace tensorkeep::python
