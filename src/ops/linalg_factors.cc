#include "ops/array_util.h"
#include "ops/families.h"
#include "ops/matrices.h"
#include "tensorkeep/array_ops.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/math_ops.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

// The gradients of eigenvalues, singular values and QR factors.
namespace tensorkeep::ops {
namespace {

using Grads = std::vector<Output>;

// 1 / x, but no infinity where x is 0.
Output safe_reciprocal(const Output& x) {
  const Output square = x * x;
  const Output inverse = reciprocal(square + 1e-20);
  return x * inverse;
}

// 1 / (x[i] - x[j]) with zeros on the diagonal.
Output reciprocal_differences(const Output& x, const Output& like) {
  const Output row = expand_dims(x, -2);
  const Output column = expand_dims(x, -1);
  const Output differences = safe_reciprocal(row - column);
  return with_diagonal(differences, zeros_like(like));
}

Output times_adjoint(const Output& a, const Output& b) {
  return matmul(a, b, {.adjoint_b = true});
}

std::vector<Operation*> operations_of(const Grads& grads) {
  std::vector<Operation*> result;
  for (const Output& grad : grads) result.push_back(&grad.op());
  return result;
}

Gradients self_adjoint_eig_gradient(Operation& op, const Grads& grads) {
  const ControlDependencies after(op.graph(), operations_of(grads));
  Output grad;
  if (op.attr_bool("compute_v")) {
    const Output values = op.output(0);
    const Output vectors = op.output(1);
    const Output factors = reciprocal_differences(values, values);
    const Output diagonal = diag_of(grads[0]);
    const Output product = matmul(vectors, grads[1], {.adjoint_a = true});
    const Output inner = diagonal + factors * product;
    grad = matmul(vectors, times_adjoint(inner, vectors));
  } else {
    const Output vectors =
        OpBuilder("SelfAdjointEigV2").input(op.input(0)).attr("compute_v", true).outputs()[1];
    const Output diagonal = diag_of(grads[0]);
    grad = matmul(vectors, times_adjoint(diagonal, vectors));
  }
  // Only the lower triangle is looked at.
  grad = matrix_band_part(grad + adjoint(grad), -1, 0);
  const Output half = 0.5 * diag_part_of(grad);
  return {with_diagonal(grad, half)};
}

[[noreturn]] void fail_unimplemented(const Operation& op, const std::string& message) {
  throw errors::UnimplementedError(message, {.node = op.name()});
}

// The gradient of A = U S V' where A has at least as many columns as rows.
struct Wide {
  Output s, u, v;
  Output grad_s, grad_u, grad_v;
  std::int64_t rows, columns;
  bool full;
};

Output columns_of(const Output& matrices, std::int64_t begin, std::int64_t end) {
  const Input first = begin == 0 ? Input() : Input(static_cast<int>(begin));
  return getitem(matrices, {ellipsis, Span{}, Span{.begin = first, .end = static_cast<int>(end)}});
}

// Of the columns of V that belong to no singular value's row.
Output outside_gradient(const Wide& w, const Output& v1, const Output& grad_v1,
                        const Output& inverse) {
  const Output adjoint_grad = matrix_transpose(grad_v1, true);
  const Output inner = matmul(adjoint_grad, v1);
  Output rest = adjoint_grad - times_adjoint(inner, v1);
  if (w.full) {
    const Output v2 = columns_of(w.v, w.rows, w.columns);
    const Output grad_v2 = columns_of(w.grad_v, w.rows, w.columns);
    const Output mixed = matmul(v1, grad_v2, {.adjoint_a = true});
    rest = rest - times_adjoint(mixed, v2);
  }
  return matmul(matmul(w.u, inverse), rest);
}

// What the phases of complex vectors add.
Output phase_gradient(const Wide& w, const Output& v1, const Output& vv, const Output& inverse,
                      const Output& s_shape) {
  const Output rows = getitem(s_shape, {-1});
  const Output batch_shape = getitem(s_shape, {Span{.end = -1}});
  const Output phases = identities(rows, batch_shape, w.u.dtype()) * vv;
  const Output difference = adjoint(phases) - phases;
  const Output inner = matmul(inverse, difference);
  return 0.5 * matmul(w.u, times_adjoint(inner, v1));
}

Output svd_gradient_of(const Wide& w, const Output& grad_s_diagonal) {
  const Output s_diagonal = diag_of(w.s);
  const Output s_square = square(w.s);
  const Output s_shape = shape(w.s);
  const Output factors = reciprocal_differences(s_square, w.s);
  const Output inverse = diag_of(safe_reciprocal(w.s));
  const Output v1 = columns_of(w.v, 0, w.rows);
  const Output grad_v1 = columns_of(w.grad_v, 0, w.rows);
  const Output uu = matmul(w.u, w.grad_u, {.adjoint_a = true});
  const Output vv = matmul(v1, grad_v1, {.adjoint_a = true});
  const Output of_u = factors * uu;
  const Output of_v = factors * vv;
  const Output left = matmul(of_u + adjoint(of_u), s_diagonal);
  const Output with_left = grad_s_diagonal + left;
  const Output right = matmul(s_diagonal, of_v + adjoint(of_v));
  const Output middle = with_left + right;
  Output grad = matmul(w.u, times_adjoint(middle, v1));
  if (w.rows != w.columns) grad = grad + outside_gradient(w, v1, grad_v1, inverse);
  if (is_complex(w.u.dtype())) grad = grad + phase_gradient(w, v1, vv, inverse, s_shape);
  return grad;
}

Gradients svd_gradient(Operation& op, const Grads& grads) {
  const Output a = op.input(0);
  const Output grad_s_diagonal = diag_of(grads[0]);
  if (!op.attr_bool("compute_uv")) {
    const std::vector<Output> full =
        OpBuilder("Svd").input(a).attr("compute_uv", true).attr("full_matrices", false).outputs();
    return {matmul(full[1], times_adjoint(grad_s_diagonal, full[2]))};
  }
  const Shape& shape = a.shape();
  if (!shape.rank_known() || shape.dim(-2) < 0 || shape.dim(-1) < 0) {
    fail_unimplemented(
        op, "SVD gradient has not been implemented for input with unknown inner matrix shape.");
  }
  Wide wide = {op.output(0),  op.output(1),  op.output(2),
               grads[0],      grads[1],      grads[2],
               shape.dim(-2), shape.dim(-1), op.attr_bool("full_matrices")};
  // A tall matrix is the adjoint of a wide one.
  const bool tall = wide.rows > wide.columns;
  if (tall) {
    std::swap(wide.rows, wide.columns);
    std::swap(wide.u, wide.v);
    std::swap(wide.grad_u, wide.grad_v);
  }
  const ControlDependencies after(op.graph(), operations_of({grads[0], wide.grad_u, wide.grad_v}));
  if (wide.full && wide.columns - wide.rows > 1) {
    fail_unimplemented(
        op, "svd gradient is not implemented for abs(m - n) > 1 when full_matrices is True.");
  }
  const Output grad = svd_gradient_of(wide, grad_s_diagonal);
  return {tall ? matrix_transpose(grad, true) : grad};
}

// x times the adjoint of the inverse of the upper triangular r.
Output times_inverse(const Output& x, const Output& r) {
  return adjoint(triangular_solve(r, adjoint(x), false, false));
}

// For at least as many rows as columns.
Output qr_gradient_of(const Output& q, const Output& r, const Output& grad_q,
                      const Output& grad_r) {
  const Output qq = matmul(q, grad_q, {.adjoint_a = true});
  const Output odd_q = qq - adjoint(qq);
  const Output rr = times_adjoint(r, grad_r);
  const Output odd_r = rr - adjoint(rr);
  const Output lower = matrix_band_part(odd_q + odd_r, -1, 0);
  const Output first = matmul(q, grad_r + times_inverse(lower, r));
  const Output rest = grad_q - matmul(q, qq);
  const Output grad = first + times_inverse(rest, r);
  if (!is_complex(q.dtype())) return grad;
  const Output m = rr - adjoint(qq);
  const Output zero = zeros_like(m);
  const Output diagonal = with_diagonal(zero, diag_part_of(m));
  const Output correction = diagonal - cast(real(diagonal), q.dtype());
  const Output turned = matmul(q, adjoint(correction));
  return grad + times_inverse(turned, r);
}

Gradients qr_gradient(Operation& op, const Grads& grads) {
  const Output q = op.output(0);
  const Output r = op.output(1);
  const Shape& shape = r.shape();
  if (!shape.rank_known() || shape.dim(-2) < 0 || shape.dim(-1) < 0) {
    fail_unimplemented(
        op, "QrGrad not implemented with dynamic shapes. Received r.shape: " + shape.to_string());
  }
  const std::int64_t rows = q.shape().dim(-2);
  const std::int64_t columns = shape.dim(-1);
  if (shape.dim(-2) > columns && rows == q.shape().dim(-1)) {
    fail_unimplemented(op,
                       "QrGrad not implemented when nrows > ncols and full_matrices is true. "
                       "Received r.shape=" +
                           shape.to_string());
  }
  if (rows >= columns) return {qr_gradient_of(q, r, grads[0], grads[1])};
  // A square part and the rest of a wide matrix.
  const auto rest_of = [&](const Output& x) {
    return getitem(x, {ellipsis, Span{}, Span{.begin = static_cast<int>(rows)}});
  };
  const Output rest = rest_of(op.input(0));
  const Output square = columns_of(r, 0, rows);
  const Output grad_rest = rest_of(grads[1]);
  const Output grad_square = columns_of(grads[1], 0, rows);
  const Output of_rest = matmul(q, grad_rest);
  const Output grad_q = grads[0] + times_adjoint(rest, grad_rest);
  const Output of_square = qr_gradient_of(q, square, grad_q, grad_square);
  return {concat({of_square, of_rest}, -1)};
}

}  // namespace

void register_linalg_factors(OpRegistry& registry) {
  const GradientRow rows[] = {
      {"SelfAdjointEigV2", self_adjoint_eig_gradient},
      {"Svd", svd_gradient},
      {"Qr", qr_gradient},
  };
  add_rows(registry, rows);
}

}  // namespace tensorkeep::ops
