#include "list_packing.h"

#include <optional>
#include <variant>

#include "convert.h"

namespace tensorkeep::python {
namespace {

class PackedList : public TensorConvertible {
 public:
  explicit PackedList(nb::handle list) : list_(nb::borrow(list)), first_(*first_tensor(list)) {}

  Output as_tensor(const std::string& name, bool) const override {
    return pack(list_.get(), name.empty() ? "packed" : name);
  }
  DType dtype() const override { return *first_.dtype(); }
  Graph& graph() const override { return *first_.graph(); }

 private:
  static bool is_list(nb::handle object) {
    return PyList_Check(object.ptr()) || PyTuple_Check(object.ptr());
  }

  static std::optional<Input> first_tensor(nb::handle list) {
    for (const nb::handle item : list) {
      if (is_list(item)) {
        if (auto found = first_tensor(item)) return found;
      } else if (is_symbolic(item)) {
        return to_input(item);
      }
    }
    return std::nullopt;
  }

  Output pack(nb::handle list, const std::string& name) const {
    const NameScope scope(graph(), name);
    std::vector<std::variant<Output, Literal>> elements;
    std::size_t position = 0;
    for (const nb::handle item : list) {
      const std::string number = std::to_string(position++);
      if (is_list(item) && first_tensor(item)) {
        elements.emplace_back(pack(item, number));
      } else if (is_symbolic(item)) {
        const Output tensor = to_input(item).to_tensor("");
        if (base_dtype(tensor.dtype()) != dtype()) {
          errors::raise_type_error("Cannot convert a list containing a tensor of dtype " +
                                   name_of(base_dtype(tensor.dtype())) + " to " + name_of(dtype()) +
                                   " (Tensor is: " + tensor.to_string() + ")");
        }
        elements.emplace_back(tensor);
      } else {
        elements.emplace_back(to_literal(item));
      }
    }
    std::vector<Input> tensors;
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const auto* tensor = std::get_if<Output>(&elements[i]);
      tensors.push_back(tensor != nullptr
                            ? *tensor
                            : constant(std::get<Literal>(elements[i]),
                                       {.dtype = dtype(), .name = std::to_string(i)}));
    }
    return stack(tensors, {.name = scope.name()});
  }

  SharedObject list_;
  Input first_;
};

}  // namespace

Input packed_list(nb::handle list) {
  return Input(std::shared_ptr<const TensorConvertible>(std::make_shared<PackedList>(list)));
}

}  // namespace tensorkeep::python
