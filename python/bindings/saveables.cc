#include "saveables.h"

#include "bindings.h"
#include "convert.h"
#include "python_objects.h"
#include "saver_arguments.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

train::SaveSpec spec_of(nb::handle spec, Graph& graph) {
  const nb::object tensor = spec.attr("_tensor");
  const std::string slice = to_text(spec.attr("slice_spec"));
  const std::string name = to_text(spec.attr("name"));
  if (PyCallable_Check(tensor.ptr()) == 0 || is_symbolic(tensor)) {
    return train::SaveSpec(to_output(tensor), slice, name);
  }
  const nb::object device = spec.attr("device");
  return train::SaveSpec([make = SharedObject(tensor, &graph)] { return to_output(make.get()()); },
                         slice, name, dtype_of_object(spec.attr("dtype")), to_text(device));
}

// What the object stands for, if that is a tensor. (A variable is not its tensor: TensorFlow saves
// an object beside the variable it is made of.)
Output op_of(nb::handle object) {
  const nb::object op = object.attr("op");
  return nb::isinstance<TensorRef>(op) ? nb::inst_ptr<TensorRef>(op)->output : Output();
}

std::vector<train::SaveSpec> specs_of(nb::handle object, Graph& graph) {
  std::vector<train::SaveSpec> specs;
  for (const nb::handle spec : nb::object(object.attr("specs")))
    specs.push_back(spec_of(spec, graph));
  return specs;
}

class PythonSaveable final : public train::SaveableObject {
 public:
  PythonSaveable(nb::handle object, Graph& graph)
      : SaveableObject(op_of(object), specs_of(object, graph), to_text(object.attr("name"))),
        object_(nb::borrow(object), &graph) {}

  Operation* restore(
      const std::vector<Output>& tensors,
      const std::optional<std::vector<train::RestoredShape>>& shapes) const override {
    nb::object restored_shapes = nb::none();
    if (shapes) {
      nb::list list;
      for (const train::RestoredShape& shape : *shapes) {
        list.append(std::visit([](const auto& value) { return wrap(value); }, shape));
      }
      restored_shapes = list;
    }
    const nb::object result = object_.get().attr("restore")(wrap(tensors), restored_shapes);
    return to_operation(result);
  }

  nb::object object() const { return object_.get(); }

 private:
  SharedObject object_;
};

}  // namespace

bool is_saveable(nb::handle object) {
  return nb::isinstance(object, python_object("_training.saveable_object", "SaveableObject"));
}

std::shared_ptr<train::SaveableObject> saveable_of(nb::handle object, Graph& graph) {
  return std::make_shared<PythonSaveable>(object, graph);
}

nb::object saveable_to_python(const train::SaveableObject& saveable) {
  const auto* own = dynamic_cast<const PythonSaveable*>(&saveable);
  return own != nullptr ? own->object() : nb::none();
}

void bind_saver_builders(nb::module_& root) {
  nb::module_ m = root.attr("train");
  using train::BaseSaverBuilder;
  using train::SaverBuilder;
  nb::class_<BaseSaverBuilder>(
      m, "BaseSaverBuilder", nb::dynamic_attr(),
      "Adds the nodes that save and restore, an operation for each tensor that is read.")
      .def(
          "__init__",
          [](BaseSaverBuilder* self, int write_version) {
            new (self) BaseSaverBuilder(static_cast<SaverDefVersion>(write_version));
          },
          "write_version"_a = 2);
  nb::class_<SaverBuilder, BaseSaverBuilder>(
      m, "BulkSaverBuilder", "Reads all tensors of a file by one operation: what a Saver takes.")
      .def(
          "__init__",
          [](SaverBuilder* self, int write_version) {
            new (self) SaverBuilder(static_cast<SaverDefVersion>(write_version));
          },
          "write_version"_a = 2);
}

}  // namespace tensorkeep::python
