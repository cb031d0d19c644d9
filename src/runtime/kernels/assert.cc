#include <fmt/format.h>

#include <atomic>
#include <cstdio>

#include "runtime/kernels/families.h"
#include "runtime/kernels/narrow.h"
#include "runtime/resource_manager.h"

namespace tensorkeep::runtime {
namespace {

std::string element_text(const std::string& value) {
  return value;
}
template <typename T>
std::string element_text(const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value ? "1" : "0";
  } else if constexpr (std::is_arithmetic_v<T>) {
    return fmt::format("{}", value);
  } else {
    return "?";  // as in TensorFlow
  }
}

// The first elements of a tensor in nested brackets, as TensorFlow shows them in errors.
class Summary {
 public:
  Summary(const Tensor& tensor, std::int64_t limit)
      : dims_(tensor.shape().dims()), limit_(std::min(limit, tensor.num_elements())) {
    const Tensor wide = widen(tensor);
    visit_dtype(wide.dtype(), [&](auto zero) {
      using T = decltype(zero);
      const auto values = wide.data<T>();
      for (std::int64_t i = 0; i < limit_; ++i) {
        elements_.push_back(
            element_text(static_cast<const T&>(values[static_cast<std::size_t>(i)])));
      }
    });
    if (dims_.empty()) {
      for (const std::string& element : elements_) text_ += element;
    } else {
      print(0);
    }
    if (tensor.num_elements() > limit_) text_ += "...";
  }

  const std::string& text() const { return text_; }

 private:
  bool done() const { return next_ >= elements_.size(); }

  void print(std::size_t dim) {
    if (done()) return;
    if (dim + 1 == dims_.size()) return print_row(dim);
    for (std::int64_t i = 0; i < dims_[dim] && !done(); ++i) {
      text_ += "[";
      print(dim + 1);
      text_ += "]";
    }
  }

  void print_row(std::size_t dim) {
    for (std::int64_t i = 0; i < dims_[dim]; ++i) {
      if (done()) {
        if (dim != 0) text_ += "...";
        return;
      }
      if (i > 0) text_ += " ";
      text_ += elements_[next_++];
    }
  }

  std::vector<std::int64_t> dims_;
  std::int64_t limit_;
  std::vector<std::string> elements_;
  std::size_t next_ = 0;
  std::string text_;
};

Kernel make_assert(const Operation& op) {
  const std::int64_t summarize = op.attr_int("summarize");
  return [summarize](KernelContext& c) {
    if (c.input_shape(0).rank() != 0) {
      c.fail("In[0] should be a scalar: " + c.input_shape(0).debug_string());
    }
    if (c.input(0).value<bool>()) return;
    std::string message = "assertion failed: ";
    for (int i = 1; i < c.num_inputs(); ++i) {
      const Tensor& data = c.input(i);
      const std::int64_t limit = summarize < 0 ? data.num_elements() : summarize;
      message += (i > 1 ? " [" : "[") + Summary(data, limit).text() + "]";
    }
    c.fail(message);
  };
}

// How often an operation of a session has shown its data, whatever else is fetched with it.
struct ShownCount : public Resource {
  std::atomic<std::int64_t> times{0};
};

// Passes its input on, and shows the data in one line of standard error, the first times.
Kernel make_print(const Operation& op) {
  const std::int64_t first_n = op.attr_int("first_n");
  const std::int64_t summarize = op.attr_int("summarize");
  return [first_n, summarize, message = op.attr_string("message")](KernelContext& c) {
    c.set_output(0, c.input(0));
    if (first_n >= 0) {
      const auto shown = c.resources().find_or_make<ShownCount>(
          "\x01print", c.op().name(), [] { return std::make_shared<ShownCount>(); });
      if (shown->times.fetch_add(1) >= first_n) return;
    }
    std::string line = message;
    for (int i = 1; i < c.num_inputs(); ++i) {
      const Tensor& data = c.input(i);
      const std::int64_t limit = summarize < 0 ? data.num_elements() : summarize;
      line += "[" + Summary(data, limit).text() + "]";
    }
    line += "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
  };
}

}  // namespace

void register_assert_kernels(KernelRegistry& registry) {
  registry.add("Assert", make_assert);
  registry.add("Print", make_print);
}

}  // namespace tensorkeep::runtime
