#include "numeric_cases.h"
#include "tensorkeep/control_flow_ops.h"
#include "tensorkeep/nn_ops.h"

// Factors of matrices.
namespace tensorkeep {

namespace {

// Symmetric matrices with eigenvalues above 1, of any matrices.
Output positive(const Output& x) {
  const Output product = matmul(x, x, {.adjoint_b = true});
  return product +
         constant(Literal{{1.5, 0.0, 0.0}, {0.0, 2.0, 0.0}, {0.0, 0.0, 3.0}}, {.dtype = float64});
}

}  // namespace

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
                {{shape, -1, 3}},  // singular values far enough from each other
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

}  // namespace tensorkeep
