#include "docstrings.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <stdexcept>
#include <string>

namespace tensorkeep::python {
namespace {

struct Docstring {
  const char* name;
  const char* text;
};

const Docstring kDocstrings[] = {
    {"Copy",
     "Copies a file, atomically. Raises NotFoundError, and AlreadyExistsError without "
     "`overwrite`."},
    {"DeleteRecursively", "Removes a folder with all that is in it. Raises NotFoundError."},
    {"Exists", "Whether there is a file or folder of this name."},
    {"IsDirectory", "Whether it is a folder."},
    {"MakeDirs", "Makes a folder and those above it; that it is there is no error."},
    {"MkDir",
     "Makes a folder; that it is there is no error. Raises NotFoundError if its parent is not "
     "there."},
    {"Remove", "Removes a file. Raises NotFoundError."},
    {"Rename", "Renames a file. Raises NotFoundError, and AlreadyExistsError without `overwrite`."},
    {"abs", "The absolute value; of complex numbers a real one, element by element."},
    {"acos", "The angle of a cosine, element by element."},
    {"acosh", "The inverse of cosh, element by element."},
    {"add", "x + y, element by element; shapes are broadcast."},
    {"angle", "The angle of a complex number, element by element."},
    {"arg_max", "The index of the largest element along an axis, the first one of equals."},
    {"arg_min", "The index of the smallest element along an axis, the first one of equals."},
    {"argmax", "The index of the largest element along an axis, the first one of equals."},
    {"argmin", "The index of the smallest element along an axis, the first one of equals."},
    {"asin", "The angle of a sine, element by element."},
    {"asinh", "The inverse of sinh, element by element."},
    {"atan", "The angle of a tangent, element by element."},
    {"atanh", "The inverse of tanh, element by element."},
    {"avg_pool", "The mean of every window of `ksize`, moved by `strides`, in images of rank 4."},
    {"ceil", "The next integer upward, element by element."},
    {"conj", "The complex conjugate, element by element."},
    {"conv2d_backprop_filter",
     "The gradient of a convolution with respect to its filter, of shape `filter_sizes`."},
    {"conv2d_backprop_input",
     "The gradient of a convolution with respect to its images, of shape `input_sizes`."},
    {"cos", "The cosine, element by element."},
    {"cosh", "The hyperbolic cosine, element by element."},
    {"create_global_step",
     "Makes the global step, an int64 variable. Raises ValueError if there is one."},
    {"cumprod",
     "The products of all elements up to each one along `axis`; `exclusive` leaves out the element "
     "itself, `reverse` begins at the end."},
    {"cumsum",
     "The sums of all elements up to each one along `axis`; `exclusive` leaves out the element "
     "itself, `reverse` begins at the end."},
    {"digamma", "The derivative of lgamma, element by element."},
    {"div",
     "x / y as Python 2 has it: integers are rounded down, element by element; shapes are "
     "broadcast."},
    {"div_no_nan", "x / y, and 0 where y is 0, element by element; shapes are broadcast."},
    {"divide", "x / y as Python 3 has it, element by element; shapes are broadcast."},
    {"elu", "x where it is positive, exp(x) - 1 elsewhere."},
    {"equal", "Whether x == y, a bool, element by element; shapes are broadcast."},
    {"erf", "The error function, element by element."},
    {"erfc", "1 - erf(x), element by element."},
    {"exp", "e to the power of x, element by element."},
    {"expm1", "exp(x) - 1, exact near 0, element by element."},
    {"exponential_decay",
     "learning_rate * decay_rate ^ (global_step / decay_steps), rounded down if `staircase`."},
    {"floor", "The next integer downward, element by element."},
    {"floor_div", "x // y, rounded down, element by element; shapes are broadcast."},
    {"floordiv", "x // y, rounded down, element by element; shapes are broadcast."},
    {"floormod", "x % y, with the sign of y, element by element; shapes are broadcast."},
    {"get_global_step", "The graph's global step, a variable; None if there is none."},
    {"get_or_create_global_step", "The graph's global step, made if there is none."},
    {"glorot_normal_initializer", "Truncated normal numbers of variance 2 / (inputs + outputs)."},
    {"glorot_uniform_initializer",
     "Uniform random numbers within sqrt(6 / (inputs + outputs)) of 0."},
    {"greater", "Whether x > y, a bool, element by element; shapes are broadcast."},
    {"greater_equal", "Whether x >= y, a bool, element by element; shapes are broadcast."},
    {"he_normal", "Truncated normal numbers of variance 2 / inputs."},
    {"he_uniform", "Uniform random numbers within sqrt(6 / inputs) of 0."},
    {"imag", "The imaginary part, element by element."},
    {"inv", "1 / x, element by element."},
    {"inverse_time_decay",
     "learning_rate / (1 + decay_rate * global_step / decay_steps), rounded down if `staircase`."},
    {"is_finite", "Whether it is neither infinite nor NaN, a bool, element by element."},
    {"is_inf", "Whether it is infinite, a bool, element by element."},
    {"is_nan", "Whether it is NaN, a bool, element by element."},
    {"l2_loss", "Half the sum of the squares, a scalar."},
    {"lecun_normal", "Truncated normal numbers of variance 1 / inputs."},
    {"lecun_uniform", "Uniform random numbers within sqrt(3 / inputs) of 0."},
    {"less", "Whether x < y, a bool, element by element; shapes are broadcast."},
    {"less_equal", "Whether x <= y, a bool, element by element; shapes are broadcast."},
    {"lgamma", "The logarithm of |gamma(x)|, element by element."},
    {"log", "The natural logarithm, element by element."},
    {"log1p", "log(1 + x), exact near 0, element by element."},
    {"log_sigmoid", "log(1 / (1 + exp(-x))), element by element."},
    {"log_softmax", "The logarithm of softmax along `axis`, the last one if None."},
    {"logical_and", "Whether both are true, element by element; shapes are broadcast."},
    {"logical_not", "True for False and the other way round, element by element."},
    {"logical_or", "Whether one is true, element by element; shapes are broadcast."},
    {"logical_xor", "Whether exactly one is true, element by element; shapes are broadcast."},
    {"max_pool",
     "The largest value of every window of `ksize`, moved by `strides`, in images of rank 4."},
    {"maximum", "The larger one, element by element; shapes are broadcast."},
    {"minimum", "The smaller one, element by element; shapes are broadcast."},
    {"mod", "x % y, with the sign of y, element by element; shapes are broadcast."},
    {"multiply", "x * y, element by element; shapes are broadcast."},
    {"natural_exp_decay",
     "learning_rate * exp(-decay_rate * global_step / decay_steps), rounded down if `staircase`."},
    {"negative", "-x, element by element."},
    {"not_equal", "Whether x != y, a bool, element by element; shapes are broadcast."},
    {"ones", "A tensor of ones of `shape`, a list or a vector of ints."},
    {"ones_like", "Ones of the shape of `tensor`, and of its type unless `dtype` is given."},
    {"pow", "x to the power of y, element by element; shapes are broadcast."},
    {"random_normal", "A tensor of numbers of a normal distribution."},
    {"random_normal_initializer", "Numbers of a normal distribution."},
    {"real", "The real part, element by element."},
    {"realdiv", "x / y, of floats, element by element; shapes are broadcast."},
    {"reciprocal", "1 / x, element by element."},
    {"relu", "max(x, 0), element by element."},
    {"relu6", "min(max(x, 0), 6), element by element."},
    {"rint", "The nearest integer, even ones from halves, element by element."},
    {"round", "The nearest integer, even ones from halves, element by element."},
    {"rsqrt", "1 / sqrt(x), element by element."},
    {"selu", "elu with the two scales that keep a layer's mean and variance."},
    {"shape", "The tensor's shape, a vector of `out_type`."},
    {"sigmoid", "1 / (1 + exp(-x)), element by element."},
    {"sigmoid_cross_entropy_with_logits",
     "The cross entropy of labels and sigmoid(logits), element by element. Arguments go by name."},
    {"sign", "-1, 0 or 1, element by element."},
    {"sin", "The sine, element by element."},
    {"sinh", "The hyperbolic sine, element by element."},
    {"size", "The number of elements, a scalar of `out_type`."},
    {"softmax", "exp(x) divided by its sum along `axis`, the last one if None."},
    {"softmax_cross_entropy_with_logits",
     "The cross entropy of labels and softmax(logits) along `dim`: [batch, classes] gives [batch]. "
     "No gradients go to the labels. Arguments go by name."},
    {"softplus", "log(exp(x) + 1), element by element."},
    {"softsign", "x / (|x| + 1), element by element."},
    {"sparse_softmax_cross_entropy_with_logits",
     "The cross entropy of softmax(logits) [batch, classes] and classes' numbers [batch]: [batch]. "
     "Arguments go by name."},
    {"sqrt", "The square root, element by element."},
    {"square", "x * x, element by element."},
    {"squared_difference", "(x - y) * (x - y), element by element; shapes are broadcast."},
    {"subtract", "x - y, element by element; shapes are broadcast."},
    {"tan", "The tangent, element by element."},
    {"tanh", "The hyperbolic tangent, element by element."},
    {"to_bfloat16", "The elements as bfloat16."},
    {"to_double", "The elements as float64."},
    {"to_float", "The elements as float32."},
    {"to_int32", "The elements as int32."},
    {"to_int64", "The elements as int64."},
    {"truediv",
     "x / y, of floats; integers become floats, element by element; shapes are broadcast."},
    {"truncated_normal",
     "A tensor of numbers of a normal distribution, none further than two deviations from the "
     "mean."},
    {"truncated_normal_initializer",
     "Numbers of a normal distribution, none further than two deviations from the mean."},
    {"truncatediv",
     "x / y of integers, rounded towards 0, element by element; shapes are broadcast."},
    {"truncatemod",
     "The rest of truncatediv, with the sign of x, element by element; shapes are broadcast."},
    {"zero_fraction", "The part of the elements that are zero, a scalar float32."},
    {"zeros", "A tensor of zeros of `shape`, a list or a vector of ints."},
    {"zeros_like", "Zeros of the shape of `tensor`, and of its type unless `dtype` is given."},
};

}  // namespace

const char* docstring(const char* name) {
  const auto found =
      std::find_if(std::begin(kDocstrings), std::end(kDocstrings),
                   [&](const Docstring& each) { return std::strcmp(each.name, name) == 0; });
  if (found == std::end(kDocstrings))
    throw std::out_of_range(std::string("no docstring of ") + name);
  return found->text;
}

}  // namespace tensorkeep::python
