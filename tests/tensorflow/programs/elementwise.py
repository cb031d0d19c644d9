"""Operations element by element, with gradients."""

import tensorflow.compat.v1 as tf

from programs import program


@program
def unary():
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    ys = [-x, tf.abs(x), tf.exp(x), tf.log(x), tf.sqrt(x), tf.square(x), tf.sigmoid(x),
          tf.tanh(x), tf.nn.relu(x), tf.negative(x), tf.identity(x), tf.stop_gradient(x)]
    tf.gradients(ys, [x])


@program
def unary_more():
    x = tf.placeholder(tf.float64, [None], name="x")
    ys = [tf.rsqrt(x), tf.reciprocal(x), tf.sign(x), tf.floor(x), tf.ceil(x), tf.log1p(x),
          tf.expm1(x), tf.sin(x), tf.cos(x), tf.nn.softplus(x), tf.nn.relu6(x), tf.nn.elu(x)]
    tf.gradients(ys, [x])


@program
def unary_rest():
    x = tf.placeholder(tf.float32, [2], name="x")
    ys = [tf.acos(x), tf.acosh(x), tf.asin(x), tf.asinh(x), tf.atan(x), tf.atanh(x), tf.cosh(x),
          tf.sinh(x), tf.tan(x), tf.erf(x), tf.erfc(x), tf.digamma(x), tf.lgamma(x), tf.rint(x),
          tf.round(x)]
    tf.gradients(ys, [x])
    tf.is_finite(x)
    tf.is_inf(x)
    tf.is_nan(x)


@program
def unary_second_gradients():
    x = tf.placeholder(tf.float32, [3], name="x")
    ys = [tf.sigmoid(x), tf.tanh(x), tf.square(x), tf.exp(x), tf.nn.relu(x), tf.sqrt(x)]
    dx = tf.gradients(ys, [x])
    tf.gradients(dx, [x])


def every_binary(a, b):
    return [a + b, a - b, a * b, a / b, tf.maximum(a, b), tf.minimum(a, b), tf.pow(a, b),
            tf.squared_difference(a, b)]


@program
def binary_same_shape():
    a = tf.placeholder(tf.float32, [2, 3], name="a")
    b = tf.placeholder(tf.float32, [2, 3], name="b")
    tf.gradients(every_binary(a, b), [a, b])


@program
def binary_broadcast():
    a = tf.placeholder(tf.float32, [2, 3], name="a")
    b = tf.placeholder(tf.float32, [3], name="b")
    tf.gradients(every_binary(a, b), [a, b])


@program
def binary_unknown_batch():
    a = tf.placeholder(tf.float32, [None, 3], name="a")
    b = tf.placeholder(tf.float32, [3], name="b")
    tf.gradients(every_binary(a, b), [a, b])


@program
def binary_unknown_rank():
    a = tf.placeholder(tf.float32, name="a")
    b = tf.placeholder(tf.float32, name="b")
    tf.gradients(every_binary(a, b), [a, b])


@program
def binary_one_gradient():
    a = tf.placeholder(tf.float32, [2, 3], name="a")
    b = tf.placeholder(tf.float32, [3], name="b")
    tf.gradients(every_binary(a, b), [b])


@program
def binary_functions():
    a = tf.placeholder(tf.float32, [3], name="a")
    b = tf.placeholder(tf.float32, [3], name="b")
    tf.add(a, b)
    tf.subtract(a, b)
    tf.multiply(a, b)
    tf.divide(a, b)
    tf.truediv(a, b)
    tf.floordiv(a, b)
    tf.mod(a, b)
    tf.add(a, 1.0, name="named")
    tf.multiply(2.0, b, name="twice")


@program
def binary_rest():
    a = tf.placeholder(tf.float32, [2, 3], name="a")
    b = tf.placeholder(tf.float32, [3], name="b")
    tf.gradients([tf.atan2(a, b), tf.div(a, b), tf.div_no_nan(a, b), tf.realdiv(a, b),
                  tf.floormod(a, b), tf.floordiv(a, b)], [a, b])


@program
def binary_rest_int32():
    a = tf.placeholder(tf.int32, [2, 3], name="a")
    b = tf.placeholder(tf.int32, [3], name="b")
    tf.div(a, b)
    tf.divide(a, b)
    tf.truediv(a, b)
    tf.floordiv(a, b)
    tf.mod(a, b)
    tf.truncatediv(a, b)
    tf.truncatemod(a, b)
    tf.maximum(a, 0)


def with_numbers(x):
    return [x + 1, 1 + x, x - 1, 1 - x, x * 2, 2 * x, x / 2, 2 / x, x ** 2, 2 ** x]


@program
def python_numbers():
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    tf.gradients(with_numbers(x), [x])


@program
def python_numbers_float64():
    x = tf.placeholder(tf.float64, [], name="x")
    tf.gradients(with_numbers(x), [x])


@program
def python_numbers_int32():
    x = tf.placeholder(tf.int32, [2], name="x")
    x + 1
    3 - x
    x * 2
    x // 2
    7 // x
    x % 2
    x / 2


@program
def sums_of_many():
    x = tf.placeholder(tf.float32, [2], name="x")
    y = tf.placeholder(tf.float32, [2], name="y")
    total = tf.add_n([x, y, x * y], name="total")
    tf.gradients(total, [x, y])
    tf.add_n([x])
    tf.accumulate_n([x, y])
    tf.scalar_mul(2.0, x)
