"""Operations on strings beside TensorFlow's."""

import numpy as np
import pytest
from same_program import assert_same, assert_same_error, error_of, tensorflow, tensorkeep as tk

TEXTS = ["", "a", "Hello World", "  padded\t\n", "caf\u00e9 \u4e16\u754c", "a,b,,c", "x" * 70]


def fed(tf, value, dtype=None):
    """A tensor that the graph does not know the shape of."""
    return tf.placeholder_with_default(np.array(value, dtype), None)


def kind_of(program, tf):
    """The class of the error that a run raises; None without one."""
    with tf.Graph().as_default(), tf.Session() as session:
        try:
            session.run(program(tf))
        except Exception as error:  # pylint: disable=broad-except
            return type(error).__name__
        return None


def assert_same_kind(program):
    want = kind_of(program, tensorflow)
    assert want is not None and kind_of(program, tk) == want


@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 48, 63,
                                    64, 65, 100, 127, 128, 129, 191, 192, 193, 1000])
def test_hashes(length):
    random = np.random.RandomState(length)
    texts = [random.bytes(length) for _ in range(4)]
    large = 2 ** 63 - 1

    def program(tf):
        x = tf.constant(texts)
        return [tf.string_to_hash_bucket(x, large), tf.string_to_hash_bucket_fast(x, large),
                tf.string_to_hash_bucket_fast(x, 10, name="mine"),
                tf.string_to_hash_bucket_strong(x, large, [1, 2]),
                tf.strings.to_hash_bucket_strong(x, 7, [-5, 2 ** 62]),
                tf.strings.to_hash_bucket(input=x, num_buckets=3),
                tf.strings.to_hash_bucket_fast([["a", "b"]], 5)]
    assert_same(program)


@pytest.mark.parametrize("program", [
    lambda tf: tf.string_to_hash_bucket_fast([1], 5),
    lambda tf: tf.string_to_hash_bucket("a", 3, input="b"),
    lambda tf: tf.substr(["a"], [[0]], [1]),
    lambda tf: tf.substr(["a"], [0, 1], [1, 2, 3]),
    lambda tf: tf.reduce_join([["a"]], 2),
    lambda tf: tf.string_split([["a"]]),
    lambda tf: tf.string_split(["a"], sep=" ", delimiter=" "),
    lambda tf: tf.string_split(["a"], result_type="x"),
    lambda tf: tf.strings.unsorted_segment_join(["a", "b"], [0, 1, 2], 3)])
def test_errors(program):
    assert_same_error(program)


def test_case_and_length():
    def program(tf):
        x = tf.constant(TEXTS)
        return [tf.strings.length(x), tf.strings.length(x, unit="UTF8_CHAR", name="mine"),
                tf.strings.lower(x), tf.strings.upper(x, name="upper"),
                tf.strings.lower(["ABC xyz"], encoding="utf-8"), tf.string_strip(x),
                tf.strings.strip([b"\v\f\r a \0 ", b"\x85a\xa0"])]
    assert_same(program)


def test_case_beyond_ascii():
    with tk.Graph().as_default(), tk.Session() as session:
        made = tk.strings.lower(["\u00c4"], encoding="utf-8")
        kind, message = error_of(lambda: session.run(made))
    assert kind == "UnimplementedError" and "letters beyond ASCII have no case here" in message
    assert_same_kind(lambda tf: tf.strings.lower(["a"], encoding="latin1"))


@pytest.mark.parametrize("unit", ["BYTE", "UTF8_CHAR"])
@pytest.mark.parametrize("position, length", [
    (0, 3), (1, 2), (-2, 1), (-5, 9), (5, 1), (0, 0), (2, -1)])
def test_parts(unit, position, length):
    def program(tf):
        x = tf.constant(["hello", "h\u00e9ll\u00f6", "\u4e16\u754c\u4e16\u754c\u4e16"])
        return [tf.substr(x, position, length, unit=unit),
                tf.strings.substr(x, fed(tf, position, np.int64), fed(tf, length, np.int64),
                                  unit=unit)]
    assert_same(program)


def test_parts_of_many():
    def program(tf):
        x = tf.constant([["abc", "defg"], ["hij", "klmn"]])
        return [tf.substr(x, [[0], [1]], [[1], [2]]), tf.substr(x, [0, 1], [2, 3], name="mine"),
                tf.substr("hello", [0, 1, 2], [1, 1, 2]),
                tf.substr(x, [[0, 1], [1, 0]], [[1, 1], [2, 2]])]
    assert_same(program)


@pytest.mark.parametrize("position", [6, -6])
@pytest.mark.parametrize("unit", ["BYTE", "UTF8_CHAR"])
def test_parts_that_are_not_there(position, unit):
    assert_same_kind(lambda tf: tf.substr(["hello"], fed(tf, position, np.int32),
                                          fed(tf, 1, np.int32), unit=unit))


NUMBERS = ["1", " 1 ", "+1", "-1", "00012", "\t2\n", "1.", ".5", "1e3", "1e400", "1e-400",
           "-1e-400", "0x10", "0x1p3", "inf", "-Infinity", "NaN", "1.0000000596046448", "1e+2", "", " ", "- 1",
           "1_0", "1 2", "1f", "1e", "3\0", "0x", "INFI", "++1", "+-1", "2147483648", "-2147483649",
           "9223372036854775808", "4294967296", "18446744073709551616", "0" * 40 + "1.5",
           "1234567890" * 4]


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "int64", "uint32", "uint64"])
def test_numbers(dtype):
    def outcomes(tf):
        with tf.Graph().as_default(), tf.Session() as session:
            text = tf.placeholder(tf.string)
            number = tf.string_to_number(text, dtype)
            result = []
            for each in NUMBERS:
                try:
                    result.append(session.run(number, {text: each}))
                except tf.errors.InvalidArgumentError:
                    result.append("error")
            return result
    np.testing.assert_equal(outcomes(tk), outcomes(tensorflow))


def test_numbers_graph():
    assert_same(lambda tf: [tf.string_to_number(["1.5", "2"]),
                            tf.strings.to_number(input=["7"], out_type=tf.int64, name="mine")])


SEPARATORS = [" ", "", ",", ", ", "ab"]
CUT = ["a b  c", "", " a ", "a,b,,c", "  ", "xabyab", "ab"]


def flat(sparse):
    return [sparse.indices, sparse.values, sparse.dense_shape]


@pytest.mark.parametrize("separator", [None, *SEPARATORS])
def test_split(separator):
    def program(tf):
        made = [tf.string_split(CUT, separator), tf.string_split(CUT, separator, skip_empty=False)]
        made += [tf.strings.split(CUT, separator, maxsplit=most) for most in (-1, 0, 1, 2)]
        unknown = tf.placeholder_with_default(CUT, [None])
        made += [tf.strings.split("a b"),
                 tf.string_split(source=unknown, delimiter=" ", name="mine")]
        assert made[0].shape.as_list() == [None, None]
        return [part for each in made for part in flat(each)]
    assert_same(program)


@pytest.mark.parametrize("program", [
    lambda tf: flat(tf.string_split(fed(tf, [["a"]]))),
    lambda tf: flat(tf.string_split(fed(tf, ["a"]), fed(tf, [" "])))])
def test_split_of_wrong_shapes(program):
    assert_same_kind(program)


def test_joins():
    def program(tf):
        x = tf.constant([["a", "b", "c"], ["d", "e", "f"]])
        made = [tf.reduce_join(x, axis, separator="-", keepdims=keep)
                for axis in ([0], [1], [0, 1], [1, 0], [], [-1], 0, None) for keep in (False, True)]
        made += [tf.reduce_join(fed(tf, [["a", "b"], ["c", "d"]])),
                 tf.strings.reduce_join(x, 1, name="j"),
                 tf.reduce_join(fed(tf, np.zeros([2, 0], object)), 1),
                 tf.reduce_join(fed(tf, np.zeros([2, 0], object)), 0),
                 tf.reduce_join(x, reduction_indices=[1], keep_dims=True)]
        made += [tf.strings.unsorted_segment_join(["a", "b", "c"], [1, 0, 1], 3, separator="-"),
                 tf.strings.unsorted_segment_join(x, [1, 1], 2, ":", name="mine"),
                 tf.strings.unsorted_segment_join(x, [[0, 1, 0], [1, 1, 0]], 2)]
        return [tf.expand_dims(each, 0) for each in made]
    assert_same(program)


@pytest.mark.parametrize("ids, segments", [([1, -1], 3), ([1, 3], 3), ([0, 0], -1)])
def test_wrong_segments(ids, segments):
    assert_same_kind(lambda tf: tf.strings.unsorted_segment_join(
        fed(tf, ["a", "b"]), fed(tf, ids, np.int32), fed(tf, segments, np.int32)))


@pytest.mark.parametrize("axes", [[0, 0], [0, -2], [2]])
def test_wrong_axes(axes):
    assert_same_kind(lambda tf: tf.reduce_join(fed(tf, [["a"]]), fed(tf, axes, np.int32)))


def test_base64():
    def program(tf):
        x = tf.constant([b"a", b"ab", b"abc", b"\xff\xfe\xfd", b"", b"long " * 20])
        made = [tf.encode_base64(x), tf.io.encode_base64(x, pad=True, name="mine")]
        return made + [tf.decode_base64(each) for each in made] + [
            tf.decode_base64(["YR", "YR==", "_v79"])]
    assert_same(program)


@pytest.mark.parametrize("code", ["/v79", "+", "A", "YQ=", "Y Q", "====", "YQ==YQ=="])
def test_wrong_base64(code):
    assert_same_kind(lambda tf: tf.decode_base64([code]))


PATTERNS = [
    r"a*", r"b*", r"(a|b)*c", r"(?i)AbC", r"[a-c]+", r"[^a-c]+", r"\d+", r"\w+\s", r"\bfoo\b",
    r"^a", r"a$", r"(?m)^a$", r".", r"(?s).+", r"a{2}", r"a{1,2}", r"a{,2}", r"{", r"a{1", r"a??b", r"a+?",
    r"(a)(b)?", r"(?:ab)+", r"(?P<x>a)b", r"\Qa.b\E", r"\x41\x{42}", r"[\d\-]+", r"[]a]+", r"[^]a]",
    r"[[:alpha:]]+", r"[[:^digit:]]+", r"(a*)*", r"(|a)+", r"", r"a|", r"|a", r"(?U)a+", r"(?i:a)b",
    "[\u00e9-\u00fc]+", r"\S+", r"\W", r"(a+)(b+)", r"\Aab\z", r"$", r"[\w.]+@[\w.]+", r"(?i)[^a]",
    r"\101", r"(a{10}){10}", r"a.c", r"\pL+", r"\C", "(?i)\u00c9", r"\B"]
SUBJECTS = ["", "a", "ab", "abc", "aabbcc", "ABC abc", "foo bar foo", "a\nb\na", "caf\u00e9 \u00c9",
            "foo@bar.com, x@y", "a{1 a{,2}", b"a\xffb\xfe", "aaaab"]
SUBJECTS = [each if isinstance(each, bytes) else each.encode() for each in SUBJECTS]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_regular_expressions(pattern):
    def program(tf):
        x = tf.constant(SUBJECTS)
        return [tf.strings.regex_full_match(x, pattern), tf.regex_replace(x, pattern, r"<\0>"),
                tf.strings.regex_replace(x, pattern, "-", replace_global=False, name="mine"),
                tf.strings.regex_full_match(x, tf.constant(pattern)),
                tf.regex_replace(x, pattern, tf.constant("-"))]
    assert_same(program)


@pytest.mark.parametrize("rewrite", [r"\2\1", r"\\", r"\3", r"\0\0"])
def test_rewrites(rewrite):
    assert_same(lambda tf: tf.regex_replace(SUBJECTS, r"(a)(b)?", rewrite))


@pytest.mark.parametrize("rewrite", [r"x\y", "\\"])
@pytest.mark.parametrize("replace_global", [True, False])
def test_malformed_rewrites(rewrite, replace_global):
    """TensorFlow replaces all matches by what it could read."""
    with tk.Graph().as_default(), tk.Session() as session:
        made = tk.strings.regex_replace(["zab"], "ab", rewrite, replace_global)
        assert session.run(made)[0] == b"zab"


@pytest.mark.parametrize("pattern", [
    r"a**", r"*a", r"(", r")", r"[", "\\", r"\y", r"\1", r"(?x)a", r"[z-a]", r"a{1001}", r"a{2,1}",
    r"a+*", r"\Z", r"a(?=b)", r"((a{100}){100}){100}", r"(?", r"(?P<>a)", "(" * 2000])
def test_wrong_expressions(pattern):
    assert_same_kind(lambda tf: tf.regex_replace(["a"], pattern, ""))
    assert_same_kind(lambda tf: tf.strings.regex_full_match(["a"], fed(tf, pattern)))


def test_expressions_that_would_take_long():
    with tk.Graph().as_default(), tk.Session() as session:
        made = tk.strings.regex_full_match(["a" * 5000], "(a+)+b"), tk.regex_replace(
            "ab" * 50000, "(a|b|ab)*c", "")
        matched, replaced = session.run(made)
    assert not matched[0] and len(replaced) == 100000


@pytest.mark.parametrize("value", [
    [1.5, 2.0, 1e6, 1e7, 1e-5], [[1, 2], [3, 4]], [[[1, 2], [3, 4]], [[5, 6], [7, 8]]], 5,
    ["a", "b"], list(range(10)), np.arange(64).reshape([8, 8]), [True, False], "x"])
@pytest.mark.parametrize("summarize", [3, -1])
def test_format(value, summarize):
    def program(tf):
        made = [tf.strings.format("<{}>", [tf.constant(value)], summarize=summarize),
                tf.strings.format("%", tf.constant(value), "%", name="mine")]
        return [tf.expand_dims(each, 0) for each in made]
    assert_same(program)


def test_format_errors():
    assert_same_error(lambda tf: tf.strings.format("{}{}", tf.constant(1)))
