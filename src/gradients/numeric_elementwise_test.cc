#include "numeric_cases.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/nn_ops.h"

// Element by element, and reductions.
namespace tensorkeep {

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

}  // namespace tensorkeep
