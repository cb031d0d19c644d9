#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <complex>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>

#include "run_kernel.h"
#include "runtime/kernels/narrow.h"

// Every case of tests/data/kernels/cases.txt, which the real TensorFlow computed
// (tests/golden/make_kernels.py describes the format).
namespace tensorkeep::runtime {
namespace {

struct Case {
  int line = 0;
  std::string op;
  std::map<std::string, Attr> attrs;
  std::size_t variables = 0;  // how many of the inputs, first, are values of resource variables
  std::vector<Tensor> inputs;
  std::vector<Tensor> outputs;  // not valid() where any will do
  std::vector<Tensor> after;    // the variables' values
  std::string error_class;
  std::string error_text;
};

Tensor read_tensor(std::istringstream& words) {
  std::string dtype;
  std::string shape;
  std::string hex;
  words >> dtype >> shape >> hex;
  std::vector<std::int64_t> dims;
  std::istringstream sizes(shape == "-" ? "" : shape);
  for (std::string size; std::getline(sizes, size, ',');) dims.push_back(std::stoll(size));
  Tensor tensor(dtype_from_name(dtype), Shape(std::move(dims)));
  if (tensor.dtype() == DType::kString) {
    std::string& text = tensor.mutable_data<std::string>()[0];
    for (std::size_t i = 0; i < hex.size() - hex.size() % 2; i += 2) {
      text += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    }
    return tensor;
  }
  auto* bytes = static_cast<unsigned char*>(tensor.mutable_raw_data());
  for (std::size_t i = 0; i < tensor.num_bytes(); ++i) {
    bytes[i] = static_cast<unsigned char>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
  }
  return tensor;
}

void read_attr(std::istringstream& words, Case& result) {
  std::string name;
  std::string kind;
  std::string value;
  words >> name >> kind;
  std::getline(words >> std::ws, value);
  const auto add = [&](const Attr& attr) { result.attrs.emplace(name, attr); };
  if (kind == "bool") return add(value == "1");
  if (kind == "int") return add(static_cast<std::int64_t>(std::stoll(value)));
  if (kind == "float") return add(std::stof(value));
  if (kind == "type") return add(dtype_from_name(value));
  if (kind == "string") return add(value);
  std::vector<std::int64_t> list;
  std::istringstream numbers(value);
  for (std::int64_t number; numbers >> number;) list.push_back(number);
  add(list);
}

std::vector<Case> read_cases() {
  std::ifstream file(std::string(TENSORKEEP_TEST_DATA) + "/kernels/cases.txt");
  std::vector<Case> cases;
  std::string text;
  for (int line = 1; std::getline(file, text); ++line) {
    std::istringstream words(text);
    std::string key;
    words >> key;
    if (key == "case") {
      cases.emplace_back().line = line;
      words >> cases.back().op;
    } else if (key == "attr") {
      read_attr(words, cases.back());
    } else if (key == "in") {
      cases.back().inputs.push_back(read_tensor(words));
    } else if (key == "variable") {
      cases.back().inputs.push_back(read_tensor(words));
      ++cases.back().variables;
    } else if (key == "after") {
      cases.back().after.push_back(read_tensor(words));
    } else if (key == "any") {
      cases.back().outputs.emplace_back();
    } else if (key == "out") {
      cases.back().outputs.push_back(read_tensor(words));
    } else if (key == "error") {
      words >> cases.back().error_class;
      std::getline(words >> std::ws, cases.back().error_text);
    }  // else the rest of a message of several lines
  }
  return cases;
}

// Relative to the larger of the value and 1, except where results are exact.
double tolerance_of(DType dtype) {
  switch (dtype) {
    case DType::kFloat16:
      return 3e-3;
    case DType::kBFloat16:
      return 2e-2;
    case DType::kFloat64:
      return 1e-12;
    case DType::kComplex128:
      return 1e-12;
    default:
      return 1e-5;
  }
}

std::vector<std::complex<double>> numbers_of(const Tensor& tensor) {
  std::vector<std::complex<double>> result;
  const Tensor wide = widen(tensor);
  visit_dtype(wide.dtype(), [&](auto zero) {
    using T = decltype(zero);
    if constexpr (std::is_floating_point_v<T>) {
      for (const T value : wide.data<T>()) result.emplace_back(value);
    } else if constexpr (std::is_same_v<T, std::complex<float>> ||
                         std::is_same_v<T, std::complex<double>>) {
      for (const T& value : wide.data<T>()) result.emplace_back(value.real(), value.imag());
    }
  });
  return result;
}

bool close(double a, double b, double tolerance, double scale) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (std::isinf(a) || std::isinf(b)) return a == b;
  return std::abs(a - b) <= tolerance * std::max(scale, std::abs(b));
}

// Sums of products cancel, so their errors are measured by the largest of them.
void expect_close(const Tensor& got, const Tensor& expected, bool is_product) {
  ASSERT_EQ(got.dtype(), expected.dtype());
  ASSERT_EQ(got.shape(), expected.shape());
  const auto a = numbers_of(got);
  const auto b = numbers_of(expected);
  if (b.empty()) {  // integers, bool, float8
    EXPECT_TRUE(got.identical_to(expected)) << got.to_string() << " != " << expected.to_string();
    return;
  }
  const double tolerance = tolerance_of(expected.dtype());
  double scale = 1;
  for (const auto& value : b) {
    if (is_product) scale = std::max(scale, std::abs(value));
  }
  for (std::size_t i = 0; i < b.size(); ++i) {
    if (close(a[i].real(), b[i].real(), tolerance, scale) &&
        close(a[i].imag(), b[i].imag(), tolerance, scale)) {
      continue;
    }
    ADD_FAILURE() << "element " << i << "\n" << got.to_string() << "\n" << expected.to_string();
    return;
  }
}

Tensor copy_of(const Tensor& tensor) {
  if (tensor.dtype() == DType::kString) return tensor;
  Tensor copy(tensor.dtype(), tensor.shape());
  if (tensor.num_bytes() > 0) {
    std::memcpy(copy.mutable_raw_data(), tensor.raw_data(), tensor.num_bytes());
  }
  return copy;
}

// The inputs in memory of their own, variables as handles.
std::vector<Value> values_of(const Case& test) {
  std::vector<Value> values(test.inputs.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Tensor copy = copy_of(test.inputs[i]);
    if (i >= test.variables) {
      values[i].tensor = copy;
      continue;
    }
    auto cell = std::make_shared<VariableCell>("v", copy.dtype());
    cell->write(copy);
    values[i].resource = cell;
  }
  return values;
}

void run(const Case& test) {
  SCOPED_TRACE(fmt::format("{} in line {}, first input {} {}", test.op, test.line,
                           name_of(test.inputs[0].dtype()), test.inputs[0].shape().debug_string()));
  try {
    // Once with inputs that must stay, once with inputs whose memory may be taken.
    std::vector<Value> values = values_of(test);
    KernelRun first(test.op, values, test.attrs);
    const auto outputs = first.run();
    KernelRun second(test.op, values_of(test), test.attrs);
    const auto forwarded = second.run(true);
    ASSERT_TRUE(test.error_class.empty()) << "no error, but expected " << test.error_text;
    ASSERT_EQ(outputs.size(), test.outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (!test.outputs[i].valid()) continue;
      const bool is_product = test.op.find("MatMul") != std::string::npos ||
                              test.op.find("onv2") != std::string::npos ||
                              test.op.find("Conv3") != std::string::npos;
      expect_close(outputs[i].tensor, test.outputs[i], is_product);
      EXPECT_TRUE(forwarded[i].tensor.identical_to(outputs[i].tensor))
          << forwarded[i].tensor.to_string() << outputs[i].tensor.to_string();
    }
    ASSERT_EQ(test.after.size(), test.variables);
    for (std::size_t i = 0; i < test.after.size(); ++i) {
      const auto& cell = dynamic_cast<const VariableCell&>(*values[i].resource);
      expect_close(cell.read(), test.after[i], false);
    }
  } catch (const errors::Error& error) {
    EXPECT_EQ(errors::class_name(error.code()), test.error_class) << error.what();
    EXPECT_THAT(error.what(), testing::StartsWith(test.error_text));
  }
}

TEST(KernelsGolden, computeWhatTensorFlowComputes) {
  const std::vector<Case> cases = read_cases();
  ASSERT_GT(cases.size(), 1000U);
  for (const Case& test : cases) run(test);
}

}  // namespace
}  // namespace tensorkeep::runtime
