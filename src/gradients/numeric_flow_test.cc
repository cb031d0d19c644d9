#include "numeric_cases.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/nn_ops.h"

// Branches, loops and arrays of tensors.
namespace tensorkeep {

namespace {

// Each with the branch taken and with the other.

}  // namespace

std::vector<Case> branch_cases() {
  std::vector<Case> cases;
  for (const bool taken : {true, false}) {
    const auto branches = [taken](const BranchFunction& if_true, const BranchFunction& if_false) {
      return cond(constant(taken), if_true, if_false);
    };
    const Build different = [=](const Xs& x) {
      return branches(
          [&] {
            return Returned{x[0] * x[1], exp(x[1])};
          },
          [&] {
            return Returned{x[1], sin(x[0])};
          });
    };
    cases.push_back({"Switch Merge", {kAny, kPositive}, different});
    cases.push_back({"Merge Switch", {kAny, kPositive}, different});
    const Build nested = [=](const Xs& x) {
      const auto inner = [&, taken] {
        return cond(
            logical_not(constant(taken)), [&] { return x[0] * x[1]; },
            [&] { return square(x[0]); });
      };
      const Output y = branches([&] { return Output(inner()) * x[0]; },
                                [&] { return Output(inner()) - log(x[1]); });
      return Xs{y * x[0]};
    };
    cases.push_back({"Merge Switch", {kAny, kPositive}, nested});
    const Build rows = [=](const Xs& x) {
      return branches(
          [&] {
            return gather(x[0], Literal{1, 0, 1});
          },
          [&] {
            return gather(x[1], Literal{0, 0, 1});
          });
    };
    cases.push_back({"Switch", {kAny, kPositive}, rows});
    const Build some_rows = [=](const Xs& x) {
      return branches([&] { return gather(x[0], Literal{1, 0}); }, [&] { return x[0] * x[1]; });
    };
    cases.push_back({"Switch", {kAny, kPositive}, some_rows});
  }
  return cases;
}

namespace {

// y = f(i, y, x) for i = 0, 1, ..., count - 1, from x[0].
Build repeated(int count, std::function<Output(const Output& i, const Output& y, const Xs& x)> f) {
  return [=](const Xs& x) {
    return Xs{while_loop([&](Output i, Output) { return less(i, count); },
                         [&](Output i, Output y) {
                           return Returned{i + 1, f(i, y, x)};
                         },
                         {constant(0), x[0]})[1]};
  };
}

}  // namespace

std::vector<Case> loop_cases() {
  std::vector<Case> cases;
  const auto product = [](const Output&, const Output& y, const Xs& x) { return y * x[1]; };
  const std::vector<Spread> inputs{kAny, kPositive};
  for (const char* type : {"Enter", "Exit", "NextIteration"}) {
    cases.push_back({type, inputs, repeated(3, product)});
  }
  cases.push_back({"Enter", inputs, repeated(0, product)});
  const auto wave = [](const Output& i, const Output& y, const Xs& x) {
    return sin(y) * y + cast(i, float64) * x[1];
  };
  cases.push_back({"Exit", inputs, repeated(4, wave)});
  const auto branching = [](const Output& i, const Output& y, const Xs& x) -> Output {
    return cond(
        equal(i % 2, 0), [&] { return y * x[1]; }, [&] { return exp(-y) * y; });
  };
  cases.push_back({"Merge", inputs, repeated(4, branching)});
  const auto one_sided = [](const Output& i, const Output& y, const Xs& x) -> Output {
    return cond(
        less(i, 2), [&] { return y * x[1]; }, [&] { return y; });
  };
  cases.push_back({"Switch", inputs, repeated(3, one_sided)});
  const auto nested = [](const Output& i, const Output& y, const Xs& x) -> Output {
    return while_loop([&](Output j, Output) { return less(j, i); },
                      [&](Output j, Output z) {
                        return Returned{j + 1, z * x[1] * 0.3 + sin(z * y) * 0.05};
                      },
                      {constant(0), y})[1] +
           y;
  };
  cases.push_back({"Exit", inputs, repeated(3, nested)});
  const auto rows = [](const Output&, const Output& y, const Xs& x) {
    return y * 0.5 + gather(x[1], Literal{1, 1});
  };
  cases.push_back({"Enter", inputs, repeated(3, rows)});
  // Variables that swap, one that is only used, and one that nothing depends on.
  cases.push_back({"Exit", inputs, [](const Xs& x) {
                     const auto exits =
                         while_loop([](Output i, Output, Output, Output) { return less(i, 3); },
                                    [](Output i, Output a, Output b, Output) {
                                      return Returned{i + 1, b * a, a, reduce_sum(b)};
                                    },
                                    {constant(0), x[0], x[1], constant(0.0, {.dtype = float64})});
                     return Xs{exits[1]};
                   }});
  cases.push_back({"Exit", inputs, [](const Xs& x) {
                     const auto exits =
                         while_loop([](Output i, Output, Output) { return less(i, 3); },
                                    [](Output i, Output a, Output) {
                                      return Returned{i + 1, a * a, reduce_sum(a)};
                                    },
                                    {constant(0), x[0] * x[1], constant(0.0, {.dtype = float64})});
                     return Xs{exits[2]};
                   }});
  // In a branch.
  for (const bool taken : {true, false}) {
    cases.push_back({"Exit", inputs, [=](const Xs& x) {
                       return cond(
                           constant(taken), [&] { return repeated(3, wave)(x); },
                           [&] { return Xs{x[0] * x[1]}; });
                     }});
  }
  return cases;
}

std::vector<Case> array_cases() {
  struct Array {
    Output handle;
    Output flow;
  };
  const auto make = [](int size) {
    const auto outputs = OpBuilder("TensorArrayV3").input(size).attr("dtype", float64).outputs();
    return Array{outputs[0], outputs[1]};
  };
  const auto write = [](const Array& array, const Input& index, const Output& value) {
    return Array{array.handle, OpBuilder("TensorArrayWriteV3")
                                   .input(array.handle)
                                   .input(index)
                                   .input(value)
                                   .input(array.flow)
                                   .output()};
  };
  const auto read = [](const Array& array, const Input& index) {
    return OpBuilder("TensorArrayReadV3")
        .input(array.handle)
        .input(index)
        .input(array.flow)
        .attr("dtype", float64)
        .output();
  };
  const auto scatter = [](const Array& array, const Output& value) {
    return Array{array.handle, OpBuilder("TensorArrayScatterV3")
                                   .input(array.handle)
                                   .input(Literal{1, 0})
                                   .input(value)
                                   .input(array.flow)
                                   .output()};
  };
  const auto gather = [](const Array& array) {
    return OpBuilder("TensorArrayGatherV3")
        .input(array.handle)
        .input(Literal{0, 1})
        .input(array.flow)
        .attr("dtype", float64)
        .output();
  };
  const auto split = [](const Array& array, const Output& value) {
    return Array{array.handle, OpBuilder("TensorArraySplitV3")
                                   .input(array.handle)
                                   .input(value)
                                   .input(constant({1, 1}, {.dtype = int64}))
                                   .input(array.flow)
                                   .output()};
  };
  const auto concat = [](const Array& array) {
    return OpBuilder("TensorArrayConcatV3")
        .input(array.handle)
        .input(array.flow)
        .attr("dtype", float64)
        .outputs()[0];
  };
  const Build written = one([=](const Xs& x) {
    const Array array = write(write(make(3), 0, x[0]), 1, x[0] * x[0]);
    return read(array, 1) + 2.0 * read(array, 0);
  });
  const Build scattered = one([=](const Xs& x) { return gather(scatter(make(2), x[0] * x[0])); });
  const Build parts = one([=](const Xs& x) { return concat(split(make(2), x[0] * x[0])); });
  const Build looped = one([=](const Xs& x) {
    const Array rows = scatter(make(2), x[0]);
    const Array results = make(2);
    const auto outputs =
        while_loop([](const Xs& v) { return less(v[0], 2); },
                   [=](const Xs& v) {
                     const Output row = read(rows, v[0]);
                     return Xs{v[0] + 1, write({results.handle, v[1]}, v[0], row * row).flow};
                   },
                   {0, results.flow});
    return gather({results.handle, outputs[1]});
  });
  std::vector<Case> cases;
  for (const char* type : {"TensorArrayWriteV3", "TensorArrayReadV3"}) {
    cases.push_back({type, {kAny}, written});
    cases.push_back({type, {kAny}, looped, Mode::kKnownShapes});
  }
  for (const char* type : {"TensorArrayScatterV3", "TensorArrayGatherV3"}) {
    cases.push_back({type, {kAny}, scattered});
  }
  for (const char* type : {"TensorArraySplitV3", "TensorArrayConcatV3"}) {
    cases.push_back({type, {kAny}, parts});
  }
  return cases;
}

}  // namespace tensorkeep
