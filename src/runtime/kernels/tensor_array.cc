#include <fmt/format.h>

#include <map>
#include <mutex>
#include <optional>

#include "base/checked_math.h"
#include "runtime/kernels/elements.h"
#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"

// Arrays of tensors that a loop writes and reads, one element an iteration.
namespace tensorkeep::runtime {
namespace {

using Dims = std::vector<std::int64_t>;

// Adds up tensors of one type and shape. False for types that have no sum.
bool add_to(const Tensor& values, Tensor& sums) {
  if (is_narrow_float(sums.dtype())) {
    Tensor wide = widen(sums);
    add_to(widen(values), wide);
    narrow_into(wide, sums);
    return true;
  }
  return visit_dtype(sums.dtype(), [&](auto zero) {
    using T = decltype(zero);
    if constexpr (requires(T a) { static_cast<T>(a + a); } && !std::is_same_v<T, bool> &&
                  !std::is_same_v<T, std::string>) {
      const auto* from = static_cast<const T*>(values.raw_data());
      auto* to = static_cast<T*>(sums.mutable_raw_data());
      for (std::int64_t i = 0; i < sums.num_elements(); ++i) {
        to[i] = static_cast<T>(to[i] + from[i]);
      }
      return true;
    } else {
      return false;
    }
  });
}

// Elements are kept sparsely: a size from a graph takes no memory by itself. Each call is one step
// of TensorFlow's own checks, in its words.
class TensorArray : public Resource {
 public:
  struct Attributes {
    DType dtype;
    Shape element_shape;
    bool dynamic_size;
    bool clear_after_read;
    bool identical_shapes;
    std::string name;
    bool is_gradient = false;  // what is written to one index adds up
  };
  TensorArray(Attributes attributes, std::int64_t size)
      : attributes_(std::move(attributes)), size_(size) {}

  DType dtype() const { return attributes_.dtype; }
  bool is_dynamic() const { return attributes_.dynamic_size; }
  std::int64_t size() const {
    const std::lock_guard guard(mutex_);
    return size_;
  }
  Shape element_shape() const {
    const std::lock_guard guard(mutex_);
    return attributes_.element_shape;
  }
  void grow(std::int64_t size) {
    const std::lock_guard guard(mutex_);
    size_ = std::max(size_, size);
  }
  void clear() {
    const std::lock_guard guard(mutex_);
    elements_.clear();
  }

  void write(const KernelContext& c, std::int64_t index, const Tensor& value) {
    const std::lock_guard guard(mutex_);
    if (index < 0 || (index >= size_ && !attributes_.dynamic_size)) {
      c.fail(
          fmt::format("TensorArray {}: Tried to write to index {} but array is not resizeable "
                      "and size is: {}",
                      attributes_.name, index, size_));
    }
    const auto refuse = [&](const std::string& reason) {
      c.fail(fmt::format("TensorArray {}: Could not write to TensorArray index {} because {}",
                         attributes_.name, index, reason));
    };
    if (!attributes_.element_shape.compatible_with(value.shape())) {
      refuse(
          fmt::format("the value shape is {} which is incompatible with the TensorArray's "
                      "inferred element shape: {} (consider setting infer_shape=False).",
                      value.shape().debug_string(), attributes_.element_shape.debug_string()));
    }
    if (const auto found = elements_.find(index); found != elements_.end()) {
      Element& element = found->second;
      if (element.read) refuse("it has already been read.");
      if (!attributes_.is_gradient) refuse("it has already been written to.");
      if (element.shape != value.shape()) {
        refuse(
            fmt::format("could not aggregate to the element because the value shape is {} which "
                        "does not match the existing shape: {}.",
                        value.shape().debug_string(), element.shape.debug_string()));
      }
      if (!element.value.valid()) {
        element.value = value;
      } else if (!add_to(value, element.value)) {
        refuse(fmt::format("values of type {} do not add up", name_of(value.dtype())));
      }
      return;
    }
    if (attributes_.identical_shapes) attributes_.element_shape = value.shape();
    size_ = std::max(size_, index + 1);
    elements_[index] = {value, value.shape()};
  }

  Tensor read(const KernelContext& c, std::int64_t index) {
    const std::lock_guard guard(mutex_);
    if (index < 0 || index >= size_) {
      c.fail(fmt::format("Tried to read from index {} but array size is: {}", index, size_));
    }
    const auto found = elements_.find(index);
    if (found == elements_.end()) return missing(c, index);
    Element& element = found->second;
    if (element.read && attributes_.clear_after_read) {
      c.fail(
          fmt::format("TensorArray {}: Could not read index {} twice because it was cleared "
                      "after a previous read (perhaps try setting clear_after_read = false?).",
                      attributes_.name, index));
    }
    element.read = true;
    if (!element.value.valid()) return Tensor::zeros(attributes_.dtype, element.shape);
    return attributes_.clear_after_read ? std::exchange(element.value, Tensor()) : element.value;
  }

  // The array of the gradients that one call of tf.gradients makes: of the same size, and zero
  // where this one was written and nothing comes back.
  std::shared_ptr<TensorArray> gradients(const std::string& source) {
    const std::lock_guard guard(mutex_);
    attributes_.dynamic_size = false;
    std::shared_ptr<TensorArray>& array = gradients_[source];
    if (array) return array;
    Attributes attributes = attributes_;
    attributes.name += "@" + source;
    attributes.clear_after_read = true;
    attributes.is_gradient = true;
    array = std::make_shared<TensorArray>(std::move(attributes), size_);
    for (const auto& [index, element] : elements_) {
      array->elements_[index] = {Tensor(), element.shape};
    }
    return array;
  }

 private:
  Tensor missing(const KernelContext& c, std::int64_t index) const {
    if (attributes_.element_shape.fully_defined()) {
      return Tensor::zeros(attributes_.dtype, attributes_.element_shape);
    }
    c.fail(fmt::format(
        "TensorArray {}: Could not read from TensorArray index {}.  Furthermore, the element shape "
        "is not fully defined: {}.  It is possible you are working with a resizeable TensorArray "
        "and stop_gradients is not allowing the gradients to be written.  If you set the full "
        "element_shape property on the forward TensorArray, the proper all-zeros tensor will be "
        "returned instead of incurring this error.",
        attributes_.name, index, attributes_.element_shape.debug_string()));
  }

  struct Element {
    Tensor value;  // not valid() once it is cleared, or where zeros are meant
    Shape shape;
    bool read = false;
  };

  mutable std::mutex mutex_;
  Attributes attributes_;
  std::int64_t size_;
  std::map<std::int64_t, Element> elements_;
  std::map<std::string, std::shared_ptr<TensorArray>> gradients_;
};

TensorArray& array_of(KernelContext& c) {
  auto* array = dynamic_cast<TensorArray*>(c.input_value(0).resource.get());
  if (array == nullptr) c.fail("input 0 is not a TensorArray");
  return *array;
}

TensorArray& array_of(KernelContext& c, DType dtype, const char* wish) {
  TensorArray& array = array_of(c);
  if (array.dtype() != dtype) {
    c.fail(fmt::format("TensorArray dtype is {} but Op {} dtype {}.", op_name_of(array.dtype()),
                       wish, op_name_of(dtype)));
  }
  return array;
}

void pass_flow(KernelContext& c, int input, int output = 0) {
  c.set_output(output, c.input(input));
}

Kernel make(const Operation& op) {
  TensorArray::Attributes attributes{.dtype = op.attr_dtype("dtype"),
                                     .element_shape = op.attr_shape("element_shape"),
                                     .dynamic_size = op.attr_bool("dynamic_size"),
                                     .clear_after_read = op.attr_bool("clear_after_read"),
                                     .identical_shapes = op.attr_bool("identical_element_shapes"),
                                     .name = op.attr_string("tensor_array_name")};
  if (attributes.name.empty()) attributes.name = op.name();
  return [attributes](KernelContext& c) {
    const std::int64_t size = integer(c, 0);
    if (size < 0) c.fail("Size should be >= 0.");
    Value handle;
    handle.resource = std::make_shared<TensorArray>(attributes, size);
    c.set_output(0, std::move(handle));
    c.set_output(1, Tensor::scalar(0.0f));
  };
}

Kernel make_gradients(const Operation& op) {
  return [source = op.attr_string("source")](KernelContext& c) {
    Value handle;
    handle.resource = array_of(c).gradients(source);
    pass_flow(c, 1, 1);
    c.set_output(0, std::move(handle));
  };
}

void write(KernelContext& c) {
  const Tensor& value = c.input(2);
  array_of(c, value.dtype(), "is trying to write").write(c, integer(c, 1), value);
  pass_flow(c, 3);
}

Kernel read(const Operation& op) {
  return [dtype = op.attr_dtype("dtype")](KernelContext& c) {
    c.set_output(0, array_of(c, dtype, "requested").read(c, integer(c, 1)));
  };
}

// The elements, all of one shape, one after the other.
Kernel gather(const Operation& op) {
  return
      [dtype = op.attr_dtype("dtype"), shape = op.attr_shape("element_shape")](KernelContext& c) {
        TensorArray& array = array_of(c, dtype, "requested");
        if (c.input_shape(1).rank() != 1) {
          c.fail("Expected indices to be a vector, but received shape: " +
                 c.input_shape(1).debug_string());
        }
        std::vector<Tensor> elements;
        for (const std::int64_t index : integers(c, 1)) elements.push_back(array.read(c, index));
        if (elements.empty() && !shape.fully_defined()) {
          throw errors::UnimplementedError(
              fmt::format("TensorArray has size zero, but element shape {} is not fully defined. "
                          "Currently only static shapes are supported when packing zero-size "
                          "TensorArrays.",
                          shape.debug_string()),
              {.node = c.op().name()});
        }
        const Shape one = elements.empty() ? shape : elements[0].shape();
        const auto count = static_cast<std::int64_t>(elements.size());
        Tensor& out = c.allocate_output(0, dtype, Shape{count}.concatenate(one));
        const std::int64_t size = one.num_elements();
        for (std::int64_t i = 0; i < count; ++i) {
          const Tensor& element = elements[static_cast<std::size_t>(i)];
          if (element.shape() != one) {
            c.fail(
                fmt::format("TensorArray has inconsistent shapes.  Index 0 has shape: {} but index "
                            "{} has shape: {}",
                            one.debug_string(), i, element.shape().debug_string()));
          }
          if (size > 0) copy(c, element, 0, out, i * size, {{size, 1, 1}});
        }
      };
}

// Inputs: handle, indices, value, flow.
void scatter(KernelContext& c) {
  const Tensor& value = c.input(2);
  TensorArray& array = array_of(c, value.dtype(), "is trying to write");
  const Dims indices = integers(c, 1);
  if (value.shape().rank() < 1) {
    c.fail("Input value for unpack must be at least a vector but received shape: " +
           value.shape().debug_string());
  }
  if (value.shape().dim(0) != static_cast<std::int64_t>(indices.size())) {
    c.fail(fmt::format("Expected len(indices) == values.shape[0], but saw: {} vs. {}",
                       indices.size(), value.shape().dim(0)));
  }
  const std::int64_t last = indices.empty() ? -1 : *std::ranges::max_element(indices);
  if (last >= array.size() && !array.is_dynamic()) {
    c.fail(fmt::format("Max scatter index must be < array size ({} vs. {})", last, array.size()));
  }
  const Shape one(Dims(value.shape().dims().begin() + 1, value.shape().dims().end()));
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    array.write(c, indices[i], value.rows(row, row + 1).reshaped(one));
  }
  pass_flow(c, 3);
}

// All elements, joined along their first dimension; and how much each contributed.
Kernel concat(const Operation& op) {
  return [dtype = op.attr_dtype("dtype"),
          rest = op.attr_shape("element_shape_except0")](KernelContext& c) {
    TensorArray& array = array_of(c, dtype, "requested");
    if (array.size() == 0 && !rest.fully_defined()) {
      throw errors::UnimplementedError(
          fmt::format("TensorArray has size zero, but element_shape_except0 {} is not fully "
                      "defined. Currently only static shapes are supported when concatenating "
                      "zero-size TensorArrays.",
                      rest.debug_string()),
          {.node = c.op().name()});
    }
    std::vector<Tensor> elements;
    std::vector<std::int64_t> lengths;
    Dims inner = array.size() == 0 ? rest.dims() : Dims();
    std::int64_t total = 0;
    for (std::int64_t i = 0; i < array.size(); ++i) {
      elements.push_back(array.read(c, i));
      const Dims& dims = elements.back().shape().dims();
      if (dims.empty()) {
        c.fail(
            fmt::format("Concat saw a scalar shape at index {} but requires at least vectors.  "
                        "Did you mean to call pack?",
                        i));
      }
      const Dims tail(dims.begin() + 1, dims.end());
      if (i == 0) inner = tail;
      if (tail != inner) {
        c.fail(
            fmt::format("TensorArray has inconsistent shapes.  Index 0 has (excepting dimension "
                        "0) shape: {} but index {} has (excepting dimension 0) shape: {}",
                        Shape(inner).debug_string(), i, Shape(tail).debug_string()));
      }
      lengths.push_back(dims[0]);
      total += dims[0];
    }
    Tensor& out = c.allocate_output(0, dtype, Shape{total}.concatenate(Shape(inner)));
    std::int64_t offset = 0;
    for (const Tensor& element : elements) {
      const std::int64_t size = element.num_elements();
      if (size > 0) copy(c, element, 0, out, offset, {{size, 1, 1}});
      offset += size;
    }
    c.set_output(1, Tensor::vector(lengths));
  };
}

// Inputs: handle, value, lengths, flow.
void split(KernelContext& c) {
  const Tensor& value = c.input(1);
  TensorArray& array = array_of(c, value.dtype(), "is trying to write");
  const Dims lengths = integers(c, 2);
  if (value.shape().rank() < 1) {
    c.fail("Expected value to be at least a vector, but received shape: " +
           value.shape().debug_string());
  }
  std::int64_t total = 0;
  for (const std::int64_t length : lengths) {
    const auto sum = checked_add(total, length);
    if (length < 0 || !sum) c.fail(fmt::format("a length of {} to split into", length));
    total = *sum;
  }
  if (total != value.shape().dim(0)) {
    c.fail(
        fmt::format("Expected sum of lengths to be equal to values.shape[0], but sum of lengths "
                    "is {} and value's shape is: {}",
                    total, value.shape().debug_string()));
  }
  const auto count = static_cast<std::int64_t>(lengths.size());
  if (array.is_dynamic()) array.grow(count);
  if (array.size() != count) {
    c.fail(
        fmt::format("TensorArray's size is not equal to the size of lengths ({} vs. {}), and "
                    "the TensorArray is not marked as dynamically resizeable",
                    array.size(), count));
  }
  std::int64_t begin = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t end = begin + lengths[static_cast<std::size_t>(i)];
    array.write(c, i, value.rows(begin, end));
    begin = end;
  }
  pass_flow(c, 3);
}

void size(KernelContext& c) {
  c.set_output(0, Tensor::scalar(static_cast<std::int32_t>(array_of(c).size())));
}

void close(KernelContext& c) {
  array_of(c).clear();
}

}  // namespace

void register_tensor_array_kernels(KernelRegistry& registry) {
  registry.add("TensorArrayV3", make);
  registry.add("TensorArrayGradV3", make_gradients);
  registry.add_function("TensorArrayWriteV3", write);
  registry.add("TensorArrayReadV3", read);
  registry.add("TensorArrayGatherV3", gather);
  registry.add_function("TensorArrayScatterV3", scatter);
  registry.add("TensorArrayConcatV3", concat);
  registry.add_function("TensorArraySplitV3", split);
  registry.add_function("TensorArraySizeV3", size);
  registry.add_function("TensorArrayCloseV3", close);
}

}  // namespace tensorkeep::runtime
