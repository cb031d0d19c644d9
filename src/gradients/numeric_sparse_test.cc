#include "numeric_cases.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/nn_ops.h"

// Sparse tensors, special functions, and parts of tensors.
namespace tensorkeep {

namespace {

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

}  // namespace

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
         builder.input(Literal{{0, 0}, {1, 2}}).input(x[1]).input(kDims);
         builder.input(constant(0.0, {.dtype = float64}));
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

}  // namespace tensorkeep
