#include <gmock/gmock.h>

#include <map>
#include <set>

#include "gradient_check.h"
#include "graph/op_registry.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/nn_ops.h"
#include "tensorkeep/op_builder.h"

// Every gradient rule against central differences.
namespace tensorkeep {
namespace {

using Xs = std::vector<Output>;

// One input: its shape, and the range its elements are spread over.
struct Spread {
  Shape shape;
  double low = -1.3;
  double high = 1.7;
};

// Distinct values, none next to another: multiples of the golden ratio, modulo 1.
Tensor spread_values(const Spread& spread, int seed) {
  Tensor result(float64, spread.shape);
  double position = 0.37 + 0.11 * seed;
  for (double& value : result.mutable_data<double>()) {
    position += 0.6180339887498949;
    position -= std::floor(position);
    value = spread.low + (spread.high - spread.low) * position;
  }
  return result;
}

enum class Mode { kAnyShapes, kKnownShapes };

struct Case {
  std::string ops;  // those it checks: "Add", or "Relu ReluGrad" where the second is the rule's own
  std::vector<Spread> inputs;
  Build build;
  Mode mode = Mode::kAnyShapes;
};

Build op(const std::string& type) {
  return [type](const Xs& x) {
    OpBuilder builder(type);
    for (const Output& input : x) builder.input(input);
    return Xs{builder.output()};
  };
}
// f(x[0], x[1], ...) -> Output, for what needs options.
template <typename F>
Build one(F f) {
  return [f](const Xs& x) { return Xs{f(x)}; };
}

const Spread kAny = {{2, 3}};
const Spread kPositive = {{2, 3}, 0.3, 2.0};
const Spread kUnit = {{2, 3}, -0.8, 0.9};
const std::vector<Spread> kBroadcast = {{{2, 1, 3}}, {{4, 1}}};
const std::vector<Spread> kPositiveBroadcast = {{{2, 1, 3}, 0.4, 2.0}, {{4, 1}, 0.5, 1.5}};

std::vector<Case> elementwise_cases() {
  std::vector<Case> cases;
  for (const char* ops : {"Abs",
                          "Neg",
                          "Sign",
                          "Square",
                          "Sin",
                          "Cos",
                          "Sinh",
                          "Cosh",
                          "Asinh",
                          "Atan",
                          "Exp",
                          "Expm1",
                          "Erf",
                          "Erfc",
                          "Identity",
                          "Tanh TanhGrad",
                          "Sigmoid SigmoidGrad",
                          "Relu ReluGrad",
                          "Elu EluGrad",
                          "Selu SeluGrad",
                          "Softplus",
                          "Softsign",
                          "LeakyRelu LeakyReluGrad",
                          "L2Loss",
                          "Softmax",
                          "LogSoftmax"}) {
    const std::string type = std::string(ops).substr(0, std::string(ops).find(' '));
    cases.push_back({ops, {kAny}, op(type)});
  }
  for (const char* ops : {"Log", "Log1p", "Sqrt SqrtGrad", "Rsqrt RsqrtGrad", "Lgamma", "Digamma",
                          "Reciprocal ReciprocalGrad", "Inv"}) {
    const std::string type = std::string(ops).substr(0, std::string(ops).find(' '));
    cases.push_back({ops, {kPositive}, op(type)});
  }
  for (const char* type : {"Asin", "Acos", "Atanh", "Tan"})
    cases.push_back({type, {kUnit}, op(type)});
  cases.push_back({"Acosh", {{{2, 3}, 1.2, 3.0}}, op("Acosh")});
  cases.push_back({"SoftplusGrad", {kAny, kPositive}, op("SoftplusGrad")});
  cases.push_back({"InvGrad", {kPositive, kAny}, op("InvGrad")});
  cases.push_back({"Relu6 Relu6Grad", {{{3, 4}, -3.0, 9.0}}, op("Relu6")});
  cases.push_back({"Cast", {kAny}, one([](const Xs& x) {
                     return OpBuilder("Cast").input(x[0]).attr("DstT", float64).output();
                   })});
  return cases;
}

std::vector<Case> broadcasting_cases() {
  std::vector<Case> cases;
  for (const char* type :
       {"Add", "AddV2", "Sub", "Mul", "Maximum", "Minimum", "SquaredDifference"}) {
    cases.push_back({type, kBroadcast, op(type)});
    cases.push_back({type, {kAny, kPositive}, op(type)});
  }
  for (const char* type : {"Div", "RealDiv", "DivNoNan", "Pow", "FloorMod", "Atan2", "MulNoNan",
                           "Xdivy", "Xlogy", "Xlog1py"}) {
    cases.push_back({type, kPositiveBroadcast, op(type)});
    cases.push_back({type, {kPositive, kPositive}, op(type)});
  }
  const Build polygamma = one([](const Xs& x) {
    return OpBuilder("Polygamma").input(constant(2.0, {.dtype = float64})).input(x[0]).output();
  });
  cases.push_back({"Polygamma", {kPositive}, polygamma});
  const auto z = [](const Xs& x) { return complex(x[0], x[1]); };
  cases.push_back({"Complex", kPositiveBroadcast, one([=](const Xs& x) { return abs(z(x)); })});
  cases.push_back({"ComplexAbs", {kAny, kPositive}, one([=](const Xs& x) { return abs(z(x)); })});
  cases.push_back({"Angle", {kPositive, kAny}, one([=](const Xs& x) { return angle(z(x)); })});
  cases.push_back({"Real", {kAny, kAny}, one([=](const Xs& x) { return real(square(z(x))); })});
  cases.push_back({"Imag", {kAny, kAny}, one([=](const Xs& x) { return imag(square(z(x))); })});
  cases.push_back(
      {"Conj", {kAny, kAny}, one([=](const Xs& x) { return imag(square(conj(z(x)))); })});
  const Build choose = one([](const Xs& x) {
    return where(Literal{{true, false, true}, {false, false, true}}, x[0], x[1]);
  });
  cases.push_back({"Select", {kAny, kPositive}, choose});
  const Build choose_v2 = one([](const Xs& x) {
    return where_v2(Literal{true, false, true}, x[0], x[1]);
  });
  cases.push_back({"SelectV2", {kAny, {{2, 1}}}, choose_v2});
  const Build sum = one([](const Xs& x) { return add_n({x[0], x[1], x[0]}); });
  cases.push_back({"AddN", {kAny, kPositive}, sum});
  const Build accumulated = one([](const Xs& x) {
    return OpBuilder("AccumulateNV2").inputs({x[0], x[1]}).attr("shape", Shape({2, 3})).output();
  });
  cases.push_back({"AccumulateNV2", {kAny, kPositive}, accumulated});
  return cases;
}

std::vector<Case> product_cases() {
  std::vector<Case> cases;
  for (int i = 0; i < 4; ++i) {
    const bool a = i % 2 == 1;
    const bool b = i / 2 == 1;
    const Spread left = {a ? Shape{3, 2} : Shape{2, 3}};
    const Spread right = {b ? Shape{4, 3} : Shape{3, 4}};
    cases.push_back(
        {"MatMul",
         {left, right},
         one([=](const Xs& x) { return matmul(x[0], x[1], {.transpose_a = a, .transpose_b = b}); }),
         Mode::kKnownShapes});
    for (const char* type : {"BatchMatMul", "BatchMatMulV2"}) {
      const bool broadcast = std::string(type) == "BatchMatMulV2";
      const Shape batch = broadcast ? Shape{1} : Shape{2};
      cases.push_back({type,
                       {{Shape{2}.concatenate(left.shape)}, {batch.concatenate(right.shape)}},
                       one([=](const Xs& x) {
                         return OpBuilder(type)
                             .input(x[0])
                             .input(x[1])
                             .attr("adj_x", a)
                             .attr("adj_y", b)
                             .output();
                       })});
    }
  }
  return cases;
}

std::vector<Case> reduction_cases() {
  using Reduce = Output (*)(const Input&, const ReduceOptions&);
  const std::pair<const char*, Reduce> reductions[] = {{"Sum", reduce_sum},
                                                       {"Mean", reduce_mean},
                                                       {"Prod", reduce_prod},
                                                       {"Max", reduce_max},
                                                       {"Min", reduce_min}};
  std::vector<Case> cases;
  const Spread input = {{2, 3, 4}};
  for (const auto& [type, reduce] : reductions) {
    for (const bool keep : {false, true}) {
      for (const std::vector<int>& axes : {std::vector<int>{0, 1, 2}, {1}, {-1, 0}}) {
        cases.push_back({type, {input}, one([=, reduce = reduce](const Xs& x) {
                           return reduce(x[0], {.axis = axes, .keepdims = keep});
                         })});
      }
    }
  }
  for (const bool exclusive : {false, true}) {
    for (const bool reverse : {false, true}) {
      const CumulativeOptions options{.exclusive = exclusive, .reverse = reverse};
      cases.push_back(
          {"Cumsum", {input}, one([=](const Xs& x) { return cumsum(x[0], 1, options); })});
      cases.push_back(
          {"Cumprod", {input}, one([=](const Xs& x) { return cumprod(x[0], -1, options); })});
    }
  }
  cases.push_back({"SegmentSum", {{{4, 2}}}, one([](const Xs& x) {
                     return segment_sum(x[0], Literal{0, 0, 1, 3});
                   })});
  cases.push_back({"UnsortedSegmentSum", {{{4, 2}}}, one([](const Xs& x) {
                     return unsorted_segment_sum(x[0], Literal{2, 0, -1, 2}, 3);
                   })});
  for (const char* type : {"SegmentMax", "SegmentMin", "SegmentProd"}) {
    cases.push_back({type, {{{4, 2}}}, one([=](const Xs& x) {
                       return OpBuilder(type).input(x[0]).input(Literal{0, 0, 1, 3}).output();
                     })});
  }
  for (const char* type : {"UnsortedSegmentMax", "UnsortedSegmentMin", "UnsortedSegmentProd"}) {
    cases.push_back(
        {type, {{{4, 2}}}, one([=](const Xs& x) {
           return OpBuilder(type).input(x[0]).input(Literal{1, 0, 0, 1}).input(2).output();
         })});
  }
  return cases;
}

Output second_of(const std::vector<Output>& outputs) {
  return outputs.at(1);
}

std::vector<Case> moving_cases() {
  const Spread three = {{2, 3, 4}};
  return {
      {"Pack Unpack", {kAny, kAny}, one([](const Xs& x) {
         return stack({x[0], x[1]}, {.axis = 1});
       })},
      {"Unpack Pack", {kAny}, one([](const Xs& x) {
         return second_of(unstack(x[0], {.num = 3, .axis = 1}));
       })},
      {"Concat", {kAny, {{2, 2}}}, one([](const Xs& x) {
         return OpBuilder("Concat").input(1).inputs({x[0], x[1]}).output();
       })},
      {"ConcatV2 Slice", {kAny, {{2, 2}}}, one([](const Xs& x) {
         return concat({x[0], x[1]}, -1);
       })},
      {"ConcatV2", {{{1, 2}}}, one([](const Xs& x) {
         return concat(std::vector<Input>(20, Input(x[0])), 0);
       })},
      {"Split", {{{2, 6}}}, one([](const Xs& x) { return second_of(split(x[0], 3, 1)); })},
      {"SplitV",
       {{{2, 6}}},
       one([](const Xs& x) {
         return second_of(split(x[0], std::vector<int>{1, 3, 2}, 1));
       }),
       Mode::kKnownShapes},
      {"Slice Pad", {three}, one([](const Xs& x) {
         return slice(x[0], {0, 1, 1}, {2, 2, 2});
       })},
      {"StridedSlice StridedSliceGrad", {three}, one([](const Xs& x) {
         return getitem(x[0], {Span{.step = -1}, newaxis, 1, Span{.begin = 1, .step = 2}});
       })},
      {"IdentityN",
       {kAny, three},
       [](const Xs& x) {
         return identity_n({x[0], x[1]});
       }},
      {"PlaceholderWithDefault", {kAny}, one([](const Xs& x) {
         return placeholder_with_default(x[0], Shape({2, 3}));
       })},
      {"Reshape", {three}, one([](const Xs& x) {
         return reshape(x[0], {4, -1});
       })},
      {"ExpandDims", {kAny}, one([](const Xs& x) { return expand_dims(x[0], 1); })},
      {"Squeeze", {{{2, 1, 3, 1}}}, one([](const Xs& x) { return squeeze(x[0]); })},
      {"Transpose", {three}, one([](const Xs& x) {
         return transpose(x[0], {2, 0, 1});
       })},
      {"Pad", {kAny}, one([](const Xs& x) {
         return pad(x[0], Literal{{1, 0}, {2, 1}});
       })},
      {"PadV2", {kAny}, one([](const Xs& x) {
         return pad(x[0], Literal{{1, 0}, {2, 1}}, {.constant_values = 1.5});
       })},
      {"MirrorPad MirrorPadGrad", {{{3, 4}}}, one([](const Xs& x) {
         return pad(x[0], Literal{{2, 1}, {3, 2}}, {.mode = "REFLECT"});
       })},
      {"MirrorPad MirrorPadGrad", {kAny}, one([](const Xs& x) {
         return pad(x[0], Literal{{2, 1}, {0, 3}}, {.mode = "SYMMETRIC"});
       })},
      {"ReverseV2", {three}, one([](const Xs& x) {
         return reverse(x[0], {0, -1});
       })},
      {"ReverseSequence", {three}, one([](const Xs& x) {
         return OpBuilder("ReverseSequence")
             .input(x[0])
             .input(Literal{1, 2})
             .attr("seq_dim", 2)
             .output();
       })},
      {"TopKV2", {{{2, 3, 5}}}, one([](const Xs& x) {
         return OpBuilder("TopKV2").input(x[0]).input(3).outputs()[0];
       })},
      {"Print", {kAny}, one([](const Xs& x) {
         return OpBuilder("Print").input(x[0]).inputs({x[0]}).attr("first_n", 0).output();
       })},
      {"Diag DiagPart", {kAny}, one([](const Xs& x) { return diag(x[0]); })},
      {"DiagPart Diag", {{{2, 2, 2, 2}}}, one([](const Xs& x) { return diag_part(x[0]); })},
      {"MatrixBandPart", {{{2, 4, 3}}}, one([](const Xs& x) {
         return matrix_band_part(x[0], 1, 0);
       })},
      {"DynamicPartition ParallelDynamicStitch",
       {{{4, 2}}},
       [](const Xs& x) {
         return dynamic_partition(x[0], Literal{1, 0, 1, 1}, 2);
       }},
      {"DynamicStitch", {kAny, {{3, 3}}}, one([](const Xs& x) {
         return dynamic_stitch({Literal{0, 3}, Literal{1, 2, 4}}, {x[0], x[1]});
       })},
      {"Fill", {{{}}}, one([](const Xs& x) {
         return fill({2, 3}, x[0]);
       })},
      {"Gather", {{{4, 2}}}, one([](const Xs& x) {
         return OpBuilder("Gather").input(x[0]).input(Literal{3, 0, 3}).output();
       })},
      {"GatherV2", {{{4, 2}}}, one([](const Xs& x) {
         return gather(x[0], Literal{{3, 0}, {3, 1}});
       })},
      {"GatherV2", {three}, one([](const Xs& x) {
         return gather(x[0], Literal{2, 0, 2}, {.axis = 1});
       })},
      {"GatherV2", {three}, one([](const Xs& x) {
         return gather(x[0], Literal{{2, 0, 2}, {1, 1, 0}}, {.batch_dims = 1});
       })},
      {"GatherV2", {three}, one([](const Xs& x) {
         return gather(x[0], Literal{{3, 0, 3}, {1, 1, 0}}, {.axis = -1, .batch_dims = 1});
       })},
      {"GatherV2",
       {three},
       one([](const Xs& x) {
         const Literal indices = {{{0, 3, 3}, {1, 1, 1}, {2, 0, 1}},
                                  {{3, 3, 3}, {0, 1, 0}, {2, 2, 1}}};
         return gather(x[0], indices, {.batch_dims = -1});
       }),
       Mode::kKnownShapes},
      {"GatherNd", {three}, one([](const Xs& x) {
         return gather_nd(x[0], Literal{{1, 2}, {0, 0}, {1, 2}});
       })},
      {"GatherNd", {{{4, 2}}}, one([](const Xs& x) {
         return gather_nd(x[0], Literal{{1}, {0}, {1}});
       })},
      {"ScatterNd", {{{3, 2}}}, one([](const Xs& x) {
         return scatter_nd(Literal{{1}, {3}, {1}}, x[0], {4, 2});
       })},
      {"SparseToDense", {{{2}}, {{}}}, one([](const Xs& x) {
         return OpBuilder("SparseToDense")
             .input(Literal{{0, 1}, {1, 2}})
             .input({2, 3})
             .input(x[0])
             .input(x[1])
             .output();
       })},
      {"MatrixInverse", {{{2, 2, 2}, -0.8, 0.9}, {{2, 2}, 2.0, 3.0}}, one([](const Xs& x) {
         const Output matrix = OpBuilder("MatrixSetDiag").input(x[0]).input(x[1]).output();
         return OpBuilder("MatrixInverse").input(matrix).output();
       })},
      {"MatrixInverse", {{{2, 2}, -0.8, 0.9}, {{2}, 2.0, 3.0}}, one([](const Xs& x) {
         const Output matrix = OpBuilder("MatrixSetDiag").input(x[0]).input(x[1]).output();
         return OpBuilder("MatrixInverse").input(matrix).attr("adjoint", true).output();
       })},
      {"ClipByValue", {kAny, {{2, 3}, -0.9, -0.5}, {{}, 0.4, 0.6}}, op("ClipByValue")},
      {"SpaceToBatchND", {{{2, 3, 4}}}, one([](const Xs& x) {
         return space_to_batch_nd(x[0], {2, 3}, {{0, 1}, {1, 1}});
       })},
      {"BatchToSpaceND", {{{4, 2, 3}}}, one([](const Xs& x) {
         return batch_to_space_nd(x[0], {2, 2}, {{0, 1}, {1, 1}});
       })},
      {"SpaceToDepth", {{{1, 2, 4, 2}}}, one([](const Xs& x) {
         return OpBuilder("SpaceToDepth").input(x[0]).attr("block_size", 2).output();
       })},
      {"DepthToSpace", {{{1, 2, 1, 4}}}, one([](const Xs& x) {
         return OpBuilder("DepthToSpace").input(x[0]).attr("block_size", 2).output();
       })},
      {"MatrixDiag", {{{2, 3}}}, op("MatrixDiag")},
      {"MatrixDiagPart", {{{2, 3, 3}}}, op("MatrixDiagPart")},
      {"MatrixDiagPart", {{{2, 3, 2}}}, op("MatrixDiagPart")},
      {"MatrixSetDiag", {{{2, 2, 3}}, {{2, 2}}}, op("MatrixSetDiag")},
      {"Tile", {kAny}, one([](const Xs& x) {
         return tile(x[0], {2, 3});
       })},
      {"BroadcastTo", {{{2, 1, 3}}}, one([](const Xs& x) {
         return broadcast_to(x[0], {2, 2, 4, 3});
       })},
  };
}

// Symmetric matrices with eigenvalues above 1, of any matrices.
Output positive(const Output& x) {
  const Output product = matmul(x, x, {.adjoint_b = true});
  return product +
         constant(Literal{{1.5, 0.0, 0.0}, {0.0, 2.0, 0.0}, {0.0, 0.0, 3.0}}, {.dtype = float64});
}

std::vector<Case> matrix_cases() {
  std::vector<Case> cases;
  const Spread square = {{2, 3, 3}};
  const Spread right = {{2, 3, 2}};
  const auto of_positive = [](const char* type) {
    return one([=](const Xs& x) { return OpBuilder(type).input(positive(x[0])).output(); });
  };
  cases.push_back({"Cholesky", {square}, of_positive("Cholesky")});
  cases.push_back({"MatrixDeterminant", {square}, of_positive("MatrixDeterminant")});
  cases.push_back({"LogMatrixDeterminant", {square}, one([](const Xs& x) {
                     return OpBuilder("LogMatrixDeterminant").input(positive(x[0])).outputs()[1];
                   })});
  for (const bool adjoint : {false, true}) {
    cases.push_back({"MatrixSolve", {square, right}, one([=](const Xs& x) {
                       return OpBuilder("MatrixSolve")
                           .input(positive(x[0]) + x[0])
                           .input(x[1])
                           .attr("adjoint", adjoint)
                           .output();
                     })});
    for (const bool lower : {false, true}) {
      const Spread other = lower ? Spread{{3, 2}} : right;
      cases.push_back({"MatrixTriangularSolve", {square, other}, one([=](const Xs& x) {
                         return OpBuilder("MatrixTriangularSolve")
                             .input(positive(x[0]))
                             .input(x[1])
                             .attr("lower", lower)
                             .attr("adjoint", adjoint)
                             .output();
                       })});
    }
  }
  for (const Shape& shape : {Shape{2, 3, 2}, Shape{2, 2, 3}}) {
    const Shape rows = {2, shape.dim(1), 1};
    cases.push_back({"MatrixSolveLs", {{shape}, {rows}}, one([](const Xs& x) {
                       return OpBuilder("MatrixSolveLs")
                           .input(x[0])
                           .input(x[1])
                           .input(constant(0.5, {.dtype = float64}))
                           .output();
                     })});
  }
  for (const bool vectors : {false, true}) {
    cases.push_back({"SelfAdjointEigV2", {square}, [=](const Xs& x) {
                       const auto found = OpBuilder("SelfAdjointEigV2")
                                              .input(positive(x[0]))
                                              .attr("compute_v", vectors)
                                              .outputs();
                       return vectors ? found : Xs{found[0]};
                     }});
  }
  const auto factors = [](const Shape& shape, bool vectors, bool full) {
    return Case{"Svd",
                {{shape}},
                [=](const Xs& x) {
                  const auto found = OpBuilder("Svd")
                                         .input(x[0])
                                         .attr("compute_uv", vectors)
                                         .attr("full_matrices", full)
                                         .outputs();
                  return vectors ? found : Xs{found[0]};
                },
                Mode::kKnownShapes};
  };
  cases.push_back(factors({2, 3, 2}, false, false));
  for (const Shape& shape : {Shape{3, 3}, Shape{2, 3, 2}, Shape{2, 3}}) {
    cases.push_back(factors(shape, true, false));
  }
  for (const Shape& shape : {Shape{3, 3}, Shape{2, 3, 2}, Shape{2, 3}}) {
    cases.push_back({"Qr",
                     {{shape}},
                     [](const Xs& x) { return OpBuilder("Qr").input(x[0]).outputs(); },
                     Mode::kKnownShapes});
  }
  for (const char* type : {"FFT", "IFFT", "FFT2D", "IFFT2D", "FFT3D", "IFFT3D"}) {
    cases.push_back({type, {{{2, 3, 4}}, {{2, 3, 4}, 0.2, 1.0}}, one([=](const Xs& x) {
                       const Output input = complex(x[0], x[1]);
                       const Output found = OpBuilder(type).input(input).output();
                       return real(found) * imag(found);
                     })});
  }
  cases.push_back(
      {"ResizeNearestNeighbor", {{{1, 3, 2, 2}}}, one([](const Xs& x) {
         return OpBuilder("ResizeNearestNeighbor").input(x[0]).input(Literal{4, 3}).output();
       })});
  return cases;
}

OpBuilder with_window(const char* type, const char* padding) {
  OpBuilder builder(type);
  builder.attr("padding", padding);
  return builder;
}

std::vector<Case> volume_cases() {
  using Sizes = std::vector<std::int64_t>;
  std::vector<Case> cases;
  const Spread volume = {{1, 3, 4, 3, 2}};
  const auto convolve = [](const char* padding, const Sizes& strides, const Sizes& dilations) {
    return one([=](const Xs& x) {
      return with_window("Conv3D", padding)
          .input(x[0])
          .input(x[1])
          .attr("strides", strides)
          .attr("dilations", dilations)
          .output();
    });
  };
  const std::vector<Spread> inputs = {volume, {{2, 1, 2, 2, 2}}};
  const Sizes ones = {1, 1, 1, 1, 1};
  cases.push_back({"Conv3D", inputs, convolve("SAME", {1, 2, 1, 2, 1}, ones)});
  cases.push_back({"Conv3D", inputs, convolve("VALID", ones, {1, 1, 2, 1, 1})});
  const std::vector<Spread> small = {{{1, 2, 2, 2, 1}}, {{2, 1, 2, 1, 2}}};
  cases.push_back({"Conv3D Conv3DBackpropInputV2", small, convolve("VALID", ones, ones)});
  cases.push_back({"Conv3D Conv3DBackpropFilterV2", small, convolve("SAME", ones, ones)});
  for (const char* padding : {"SAME", "VALID"}) {
    cases.push_back({"AvgPool3D AvgPool3DGrad", {volume}, one([=](const Xs& x) {
                       return with_window("AvgPool3D", padding)
                           .input(x[0])
                           .attr("ksize", Sizes{1, 2, 2, 1, 1})
                           .attr("strides", Sizes{1, 1, 2, 1, 1})
                           .output();
                     })});
  }
  return cases;
}

std::vector<Case> network_cases() {
  using nn::Conv2dOptions;
  std::vector<Case> cases;
  const Spread image = {{2, 6, 5, 2}};
  const Conv2dOptions convolutions[] = {
      {.strides = {1, 1, 1, 1}, .padding = "SAME"},
      {.strides = {1, 2, 3, 1}, .padding = "VALID"},
      {.strides = {1, 2, 2, 1}, .padding = "SAME"},
      {.strides = {1, 1, 1, 1}, .padding = "VALID", .dilations = {1, 2, 2, 1}},
      {.strides = {1, 2, 1, 1},
       .padding = "EXPLICIT",
       .explicit_paddings = {0, 0, 2, 1, 0, 1, 0, 0}},
  };
  for (const Conv2dOptions& options : convolutions) {
    const Build build = one([=](const Xs& x) { return nn::conv2d(x[0], x[1], options); });
    const Spread filter = {{3, 2, 2, 3}};
    cases.push_back({"Conv2D", {image, filter}, build});
  }
  const Conv2dOptions on_channels_first = {
      .strides = {1, 1, 2, 1}, .padding = "SAME", .data_format = "NCHW"};
  cases.push_back({"Conv2D", {{{2, 2, 6, 5}}, {{3, 2, 2, 3}}}, one([=](const Xs& x) {
                     return nn::conv2d(x[0], x[1], on_channels_first);
                   })});
  cases.push_back({"Conv2D", {{{2, 6, 5, 4}}, {{3, 2, 2, 6}}}, one([](const Xs& x) {
                     return nn::conv2d(x[0], x[1], {.strides = {1, 2, 1, 1}, .padding = "SAME"});
                   })});
  const nn::DepthwiseConv2dOptions depthwise[] = {
      {.strides = {1, 1, 1, 1}, .padding = "SAME"},
      {.strides = {1, 2, 3, 1}, .padding = "VALID"},
      {.strides = {1, 1, 1, 1}, .padding = "VALID", .dilations = {1, 2, 2, 1}},
      {.strides = {1, 2, 1, 1},
       .padding = "EXPLICIT",
       .explicit_paddings = {0, 0, 2, 1, 0, 1, 0, 0}},
  };
  for (const nn::DepthwiseConv2dOptions& options : depthwise) {
    for (const std::int64_t multiplier : {1, 2}) {
      cases.push_back(
          {"DepthwiseConv2dNative", {image, {{3, 2, 2, multiplier}}}, one([=](const Xs& x) {
             return nn::depthwise_conv2d_native(x[0], x[1], options);
           })});
    }
  }
  const Build depthwise_conv = one([](const Xs& x) {
    return nn::depthwise_conv2d(x[0], x[1], {.strides = {1, 1, 1, 1}, .padding = "SAME"});
  });
  for (const char* second : {"Input", "Filter"}) {
    cases.push_back({std::string("DepthwiseConv2dNative DepthwiseConv2dNativeBackprop") + second,
                     {{{1, 3, 3, 2}}, {{2, 2, 2, 2}}},
                     depthwise_conv});
  }
  const Build conv = one([](const Xs& x) {
    return nn::conv2d(x[0], x[1], {.strides = {1, 2, 1, 1}, .padding = "SAME"});
  });
  const std::vector<Spread> small = {{{1, 3, 3, 1}}, {{2, 2, 1, 2}}};
  cases.push_back({"Conv2D Conv2DBackpropInput", small, conv});
  cases.push_back({"Conv2D Conv2DBackpropFilter", small, conv});
  for (const Case& c : volume_cases()) cases.push_back(c);
  const nn::PoolOptions pools[] = {
      {.ksize = {1, 2, 2, 1}, .strides = {1, 2, 2, 1}, .padding = "VALID"},
      {.ksize = {1, 3, 2, 1}, .strides = {1, 2, 1, 1}, .padding = "SAME"},
      {.ksize = {1, 2, 3, 1}, .strides = {1, 3, 2, 1}, .padding = "SAME"},
  };
  for (const nn::PoolOptions& options : pools) {
    cases.push_back({"AvgPool AvgPoolGrad", {image}, one([=](const Xs& x) {
                       return nn::avg_pool(x[0], options);
                     })});
    cases.push_back({"MaxPool MaxPoolGrad", {image}, one([=](const Xs& x) {
                       return nn::max_pool(x[0], options);
                     })});
  }
  for (const char* format : {"NHWC", "NCHW"}) {
    const Spread bias = {{format == std::string("NHWC") ? 2 : 6}};
    cases.push_back({"BiasAdd BiasAddGrad", {image, bias}, one([=](const Xs& x) {
                       return OpBuilder("BiasAdd")
                           .input(x[0])
                           .input(x[1])
                           .attr("data_format", std::string(format))
                           .output();
                     })});
  }
  for (const int axis : {0, 1, -2}) {
    cases.push_back({"Softmax",
                     {{{2, 3, 4}}},
                     one([=](const Xs& x) { return nn::softmax(x[0], {.axis = axis}); }),
                     Mode::kKnownShapes});
    cases.push_back({"LogSoftmax",
                     {{{2, 3, 4}}},
                     one([=](const Xs& x) { return nn::log_softmax(x[0], {.axis = axis}); }),
                     Mode::kKnownShapes});
  }
  cases.push_back({"SquaredDifference", {{{2, 3, 4}}}, [](const Xs& x) {
                     const auto [mean, variance] = nn::moments(x[0], {0, 2});
                     return Xs{mean, variance};
                   }});
  cases.push_back({"Rsqrt", {kAny}, one([](const Xs& x) { return nn::l2_normalize(x[0], 1); })});
  // TensorFlow's rule takes the labels of each row for probabilities, and the second output (the
  // gradient itself) for independent of them.
  const std::string cross_entropy = "SoftmaxCrossEntropyWithLogits";
  cases.push_back({cross_entropy, {kAny, kPositive}, one([=](const Xs& x) {
                     return OpBuilder(cross_entropy).input(x[0]).input(nn::softmax(x[1])).output();
                   })});
  cases.push_back({cross_entropy, {kAny}, [=](const Xs& x) {
                     const Literal labels = {{0.5, 0.25, 0.25}, {0.125, 0.75, 0.125}};
                     return OpBuilder(cross_entropy).input(x[0]).input(labels).outputs();
                   }});
  cases.push_back({"Sparse" + cross_entropy, {kAny}, [=](const Xs& x) {
                     const Literal labels = {2, 0};
                     return OpBuilder("Sparse" + cross_entropy).input(x[0]).input(labels).outputs();
                   }});
  return cases;
}

// Each with the branch taken and with the other.
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

Case slices_case(const char* type, const Literal& indices, const Shape& updates) {
  return {type, {{{4, 3}}, {updates, -1.1, 1.5}}, one([=](const Xs& x) {
            return OpBuilder(type).input(x[0]).input(indices).input(x[1]).output();
          })};
}

// Operations on sparse tensors, of which the values are the input.
const Literal kPlaces = {{0, 1}, {1, 0}, {1, 2}, {3, 1}};
const Literal kDims = {4, 3};

OpBuilder sparse_op(const std::string& type, const Output& values) {
  return OpBuilder(type).input(kPlaces).input(values).input(kDims);
}

std::vector<Case> sparse_cases() {
  const std::vector<Spread> values = {{{4}}};
  std::vector<Case> cases = {
      {"SparseReorder", values, one([](const Xs& x) {
         const Literal places = {{3, 1}, {0, 1}, {1, 2}, {1, 0}};
         OpBuilder builder("SparseReorder");
         return builder.input(places).input(x[0]).input(kDims).build()->output(1);
       })},
      {"SparseAdd", {{{4}}, {{2}}}, one([](const Xs& x) {
         OpBuilder builder = sparse_op("SparseAdd", x[0]);
         builder.input(Literal{{0, 0}, {1, 2}}).input(x[1]).input(kDims).input(0.0);
         return builder.build()->output(1);
       })},
      {"SparseTensorDenseAdd", {{{4}}, {{4, 3}}}, one([](const Xs& x) {
         return OpBuilder("SparseTensorDenseAdd")
             .input(Input(kPlaces).to_tensor("places", int64))
             .input(x[0])
             .input(Input(kDims).to_tensor("dims", int64))
             .input(x[1])
             .output();
       })},
      {"SparseSlice", values, one([](const Xs& x) {
         return sparse_op("SparseSlice", x[0]).input({1, 0}).input({2, 3}).build()->output(1);
       })},
      {"SparseSoftmax", values,
       one([](const Xs& x) { return sparse_op("SparseSoftmax", x[0]).output(); })},
      {"SparseFillEmptyRows", {{{4}}, {{}}}, one([](const Xs& x) {
         return sparse_op("SparseFillEmptyRows", x[0]).input(x[1]).build()->output(1);
       })},
  };
  for (const char* type : {"SparseDenseCwiseMul", "SparseDenseCwiseDiv"}) {
    cases.push_back({type, {{{4}}, {{4, 1}, 0.5, 2.0}}, one([type](const Xs& x) {
                       return sparse_op(type, x[0]).input(x[1]).output();
                     })});
  }
  for (const bool keep_dims : {false, true}) {
    cases.push_back({"SparseReduceSum", values, one([keep_dims](const Xs& x) {
                       OpBuilder builder = sparse_op("SparseReduceSum", x[0]);
                       return builder.input({1}).attr("keep_dims", keep_dims).output();
                     })});
  }
  for (const bool adjoint_a : {false, true}) {
    for (const bool adjoint_b : {false, true}) {
      const std::int64_t inner = adjoint_a ? 4 : 3;
      const Shape b = adjoint_b ? Shape({2, inner}) : Shape({inner, 2});
      cases.push_back({"SparseTensorDenseMatMul", {{{4}}, {b}}, one([=](const Xs& x) {
                         return sparse_op("SparseTensorDenseMatMul", x[0])
                             .input(x[1])
                             .attr("adjoint_a", adjoint_a)
                             .attr("adjoint_b", adjoint_b)
                             .output();
                       })});
    }
  }
  cases.push_back({"CTCLoss", {{{4, 2, 3}}}, one([](const Xs& x) {
                     OpBuilder builder("CTCLoss");
                     builder.input(x[0]).input(Literal{{0, 0}, {0, 1}, {1, 0}}).input({0, 1, 1});
                     return builder.input({4, 3}).build()->output(0);
                   })});
  for (const std::string scale : {"Sum", "Mean", "SqrtN"}) {
    for (const bool rows : {false, true}) {
      const auto segments = [rows](const std::string& type, const Xs& x) {
        OpBuilder builder(type);
        builder.input(x[0]).input({0, 3, 3, 1}).input({0, 0, 2, 2});
        return builder.attr("sparse_gradient", rows);
      };
      const std::string type = "SparseSegment" + scale;
      cases.push_back(
          {type, {{{4, 2}}}, one([=](const Xs& x) { return segments(type, x).output(); })});
      const std::string counted = type + "WithNumSegments";
      cases.push_back({counted, {{{4, 2}}}, one([=](const Xs& x) {
                         return segments(counted, x).input(4).output();
                       })});
    }
  }
  return cases;
}

std::vector<Case> special_cases() {
  std::vector<Case> cases;
  for (const char* type : {"Erfinv", "BesselI0", "BesselI0e", "BesselI1", "BesselI1e"}) {
    cases.push_back({type, {kUnit}, op(type)});
  }
  cases.push_back({"Ndtri", {{{2, 3}, 0.1, 0.9}}, op("Ndtri")});
  cases.push_back({"NextAfter", kBroadcast, op("NextAfter")});
  cases.push_back({"Zeta", {kPositive}, one([](const Xs& x) {
                     const Output s = constant(Literal{1.5, 2.0, 4.25}, {.dtype = float64});
                     return OpBuilder("Zeta").input(s).input(x[0]).output();
                   })});
  cases.push_back({"Igamma", kPositiveBroadcast, op("Igamma")});
  cases.push_back({"Igammac", kPositiveBroadcast, op("Igammac")});
  cases.push_back({"Betainc", {{{2, 3}, 0.1, 0.9}}, one([](const Xs& x) {
                     const Output a = constant(2.5, {.dtype = float64});
                     const Output b = constant(0.75, {.dtype = float64});
                     return OpBuilder("Betainc").input(a).input(b).input(x[0]).output();
                   })});
  cases.push_back({"Cross", {kAny, kPositive}, op("Cross")});
  for (const char* padding : {"SAME", "VALID"}) {
    cases.push_back({"Dilation2D", {{{1, 4, 5, 2}}, {{2, 3, 2}}}, one([=](const Xs& x) {
                       return OpBuilder("Dilation2D")
                           .input(x[0])
                           .input(x[1])
                           .attr("strides", std::vector<std::int64_t>{1, 2, 1, 1})
                           .attr("rates", std::vector<std::int64_t>{1, 1, 2, 1})
                           .attr("padding", padding)
                           .output();
                     })});
  }
  for (const bool keep : {false, true}) {
    cases.push_back({"EuclideanNorm", {kAny}, one([=](const Xs& x) {
                       return OpBuilder("EuclideanNorm")
                           .input(x[0])
                           .input(Literal{1})
                           .attr("keep_dims", keep)
                           .output();
                     })});
  }
  for (const bool reverse : {false, true}) {
    cases.push_back({"CumulativeLogsumexp", {kAny}, one([=](const Xs& x) {
                       return OpBuilder("CumulativeLogsumexp")
                           .input(x[0])
                           .input(1)
                           .attr("reverse", reverse)
                           .output();
                     })});
  }
  cases.push_back(
      {"SegmentMean", {{{4, 2}}}, one([](const Xs& x) {
         return OpBuilder("SegmentMean").input(x[0]).input(Literal{0, 0, 0, 2}).output();
       })});
  cases.push_back({"Roll", {{{2, 3, 4}}}, one([](const Xs& x) {
                     return OpBuilder("Roll")
                         .input(x[0])
                         .input(Literal{1, -6, 2})
                         .input(Literal{0, 2, -1})
                         .output();
                   })});
  cases.push_back(
      {"EnsureShape", {kAny}, one([](const Xs& x) {
         return OpBuilder("EnsureShape").input(x[0]).attr("shape", Shape{2, 3}).output();
       })});
  for (const char* type : {"TensorScatterAdd", "TensorScatterSub", "TensorScatterUpdate",
                           "TensorScatterMax", "TensorScatterMin"}) {
    cases.push_back(slices_case(type, Literal{{3}, {1}}, {2, 3}));
    cases.push_back(slices_case(type, Literal{{3, 1}, {0, 2}}, {2}));
  }
  return cases;
}

const std::vector<Case>& all_cases() {
  static const std::vector<Case> cases = [] {
    std::vector<Case> all;
    for (const auto& family :
         {elementwise_cases(), broadcasting_cases(), product_cases(), reduction_cases(),
          moving_cases(), matrix_cases(), network_cases(), branch_cases(), loop_cases(),
          array_cases(), sparse_cases(), special_cases()}) {
      all.insert(all.end(), family.begin(), family.end());
    }
    return all;
  }();
  return cases;
}

// The operation, and the one whose rule its gradient needs (or nothing).
std::pair<std::string, std::string> types_of(const Case& c) {
  const std::size_t space = c.ops.find(' ');
  if (space == std::string::npos) return {c.ops, ""};
  return {c.ops.substr(0, space), c.ops.substr(space + 1)};
}

void check(const Case& c, const Build& build, const std::string& type) {
  std::vector<Tensor> inputs;
  for (const Spread& spread : c.inputs) {
    inputs.push_back(spread_values(spread, static_cast<int>(inputs.size())));
  }
  for (const bool known : {true, false}) {
    if (!known && c.mode == Mode::kKnownShapes) continue;
    SCOPED_TRACE(known ? "shapes known" : "shapes unknown");
    try {
      GradientCheck gradient_check(build, inputs, known);
      ASSERT_TRUE(gradient_check.has(type)) << "the case does not contain " << type;
      gradient_check.expect_agreement();
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  }
}

class NumericGradientTest : public ::testing::TestWithParam<std::size_t> {};

TEST_P(NumericGradientTest, AgreesWithDifferences) {
  const Case& c = all_cases()[GetParam()];
  const auto [first, second] = types_of(c);
  SCOPED_TRACE(c.ops);
  check(c, c.build, first);
  if (!second.empty()) check(c, gradient_of(c.build), second);
}

INSTANTIATE_TEST_SUITE_P(Rules, NumericGradientTest,
                         ::testing::Range(std::size_t{0}, all_cases().size()),
                         [](const auto& instance) {
                           std::string name = all_cases()[instance.param].ops;
                           std::replace(name.begin(), name.end(), ' ', '_');
                           return name + "_" + std::to_string(instance.param);
                         });

// Rules without a case above, and why.
const std::map<std::string, std::string>& reasons() {
  static const std::map<std::string, std::string> reasons = {
      {"RefIdentity", "of references only; the same rule as Identity"},
      {"RefSwitch", "of references only; the same rule as Switch"},
      {"RefMerge", "of references only; the same rule as Merge"},
      {"RefEnter", "of references only; the same rule as Enter"},
      {"RefExit", "of references only; the same rule as Exit"},
      {"RefNextIteration", "of references only; the same rule as NextIteration"},
      {"ResourceGather", "reads a variable; the same rule as Gather"},
      {"ResourceGatherNd", "reads a variable; the same rule as GatherNd"},
      {"ReadVariableOp", "reads a variable; the optimizers' tests train through it"},
      {"MaxPool3D", "of float32 only; the same rule as MaxPool"},
      {"MaxPool3DGrad", "of float32 only; the same rule as MaxPoolGrad"},
      {"CheckNumerics", "the identity where it passes"},
      {"MaxPoolGradGrad", "the third derivative of a function made of straight pieces"},
      {"FusedBatchNorm", "of float32 only; batch_norm_test compares with the formula's parts"},
      {"FusedBatchNormV2", "of float32 only; batch_norm_test compares with the formula's parts"},
      {"FusedBatchNormV3", "of float32 only; batch_norm_test compares with the formula's parts"},
      {"LRN", "of float32 only; test_composed_nn.py compares with TensorFlow's"},
      {"ResizeBilinear", "of float32 only; test_resized_images.py compares with TensorFlow's"},
      {"ResizeBicubic", "of float32 only; test_resized_images.py compares with TensorFlow's"},
      {"CropAndResize", "of float32 only; test_resized_images.py compares with TensorFlow's"},
      {"BatchMatMulV3", "no kernel; the same rule as BatchMatMulV2"},
      {"SparseDenseCwiseAdd", "there is none, as in TensorFlow: the rule says so"},
      {"SparseSparseMaximum", "there is none, as in TensorFlow: the rule says so"},
      {"SparseSparseMinimum", "there is none, as in TensorFlow: the rule says so"},
  };
  return reasons;
}

bool has_rule(const std::string& name) {
  const OpTraits* traits = OpRegistry::global().find(name);
  return traits != nullptr && (traits->gradient != nullptr || traits->slices_gradient != nullptr);
}

TEST(NumericGradientRules, EveryRuleHasACaseOrAReason) {
  std::set<std::string> covered;
  for (const Case& c : all_cases()) {
    covered.insert(types_of(c).first);
    covered.insert(types_of(c).second);
  }
  std::set<std::string> missing;
  for (const std::string& name : OpRegistry::global().names()) {
    if (has_rule(name) && !covered.contains(name) && !reasons().contains(name))
      missing.insert(name);
  }
  EXPECT_THAT(missing, ::testing::IsEmpty());
  for (const auto& [name, reason] : reasons()) {
    EXPECT_FALSE(covered.contains(name)) << name << " has a case: take the reason away";
    EXPECT_TRUE(has_rule(name)) << name << " has no rule";
  }
}

}  // namespace
}  // namespace tensorkeep
