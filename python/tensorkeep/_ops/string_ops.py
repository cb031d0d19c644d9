"""Strings: numbers as text and text as numbers, parts, joins, case, base 64."""

from __future__ import annotations

from typing import Any, Sequence

import tensorkeep as tf
from tensorkeep._framework.sparse_tensor import SparseTensor
from tensorkeep._ops import raw, windows

__all__ = [
    "as_string", "decode_base64", "encode_base64", "reduce_join", "regex_full_match",
    "regex_replace", "string_format", "string_join", "string_length", "string_lower",
    "string_split", "string_strip", "string_to_hash_bucket", "string_to_hash_bucket_fast",
    "string_to_hash_bucket_strong", "string_to_number", "string_upper", "strings_split",
    "substr", "unsorted_segment_join",
]


def as_string(input: Any, precision: int = -1, scientific: bool = False, shortest: bool = False,
              width: int = -1, fill: str = "", name: str | None = None) -> Any:
    """Numbers as text.

    Args:
      input: numbers, bools or strings.
      precision: how many digits follow the point; 6.
      scientific: whether there is an exponent.
      shortest: whether the shorter notation of a number is taken.
      width: how long a text is at least.
      fill: what fills it: a blank, "0", or "-" to fill from the right; "+" writes the sign.
      name: of the operation.

    Returns:
      Strings of the shape of `input`.

    Raises:
      InvalidArgumentError: when it runs, if an argument does not go with the type of `input`.
    """
    return raw.output("AsString", [input], name, precision=precision, scientific=scientific,
                      shortest=shortest, width=width, fill=fill)


def string_join(inputs: Any, separator: str = "", name: str | None = None) -> Any:
    """Strings one after the other, element by element; a scalar goes with every element."""
    return raw.output("StringJoin", [list(inputs)], name, separator=separator)


def string_to_number(string_tensor: Any = None, out_type: Any = None, name: str | None = None,
                     input: Any = None) -> Any:
    """The numbers that strings spell.

    Args:
      string_tensor: strings.
      out_type: float32, float64, int32, int64, uint32 or uint64; float32.
      name: of the operation.
      input: another name of `string_tensor`.

    Raises:
      InvalidArgumentError: when it runs, for a string that is no number of that type.
    """
    texts = windows.renamed("input", input, "string_tensor", string_tensor)
    return raw.output("StringToNumber", [texts], name, out_type=tf.as_dtype(out_type or tf.float32))


def string_to_hash_bucket(string_tensor: Any = None, num_buckets: int | None = None,
                          name: str | None = None, input: Any = None) -> Any:
    """A number in [0, num_buckets) for each string, by MurmurHash64A: int64.

    Models of today use `string_to_hash_bucket_fast`.
    """
    texts = windows.renamed("input", input, "string_tensor", string_tensor)
    return raw.output("StringToHashBucket", [texts], name, num_buckets=num_buckets)


def string_to_hash_bucket_fast(input: Any, num_buckets: int, name: str | None = None) -> Any:
    """A number in [0, num_buckets) for each string, by FarmHash's fingerprint: int64."""
    return raw.output("StringToHashBucketFast", [input], name, num_buckets=num_buckets)


def string_to_hash_bucket_strong(input: Any, num_buckets: int, key: Sequence[int],
                                 name: str | None = None) -> Any:
    """A number in [0, num_buckets) for each string, by SipHash under a key of two numbers: int64.

    Who does not know the key cannot choose strings that fall together.
    """
    return raw.output("StringToHashBucketStrong", [input], name, num_buckets=num_buckets, key=key)


def string_length(input: Any, name: str | None = None, unit: str = "BYTE") -> Any:
    """How many bytes each string has, or characters for `unit` "UTF8_CHAR": int32."""
    return raw.output("StringLength", [input], name, unit=unit)


def string_lower(input: Any, encoding: str = "", name: str | None = None) -> Any:
    """With small letters for the capital ones of ASCII.

    Raises:
      UnimplementedError: when it runs, for other letters in the encoding "utf-8".
    """
    return raw.output("StringLower", [input], name, encoding=encoding)


def string_upper(input: Any, encoding: str = "", name: str | None = None) -> Any:
    """With capital letters for the small ones of ASCII; errors are those of `string_lower`."""
    return raw.output("StringUpper", [input], name, encoding=encoding)


def string_strip(input: Any, name: str | None = None) -> Any:
    """Without spaces at either end."""
    return raw.output("StringStrip", [input], name)


def substr(input: Any, pos: Any, len: Any, name: str | None = None, unit: str = "BYTE") -> Any:
    """Parts of strings.

    Args:
      input: strings.
      pos: int32 or int64, where each part begins, from the end if it is negative.
      len: of the same shape, how long it is; the rest of the string if there is less.
      name: of the operation.
      unit: what is counted: "BYTE" or "UTF8_CHAR".

    Returns:
      Strings of the shape that `input` and `pos` are broadcast to.

    Raises:
      InvalidArgumentError: when it runs, for a part that begins outside of its string.
    """
    return raw.output("Substr", [input, pos, len], name, unit=unit)


def _rows(operation: Any) -> SparseTensor:
    indices, values, shape = operation.outputs
    indices.set_shape([None, 2])
    values.set_shape([None])
    shape.set_shape([2])
    return SparseTensor(indices, values, shape)


def _check_result_type(result_type: str) -> None:
    if result_type == "RaggedTensor":
        raise tf.errors.UnimplementedError(None, None, "ragged tensors are not implemented")
    if result_type != "SparseTensor":
        raise ValueError("result_type must be 'RaggedTensor' or 'SparseTensor'.")


def string_split(source: Any, sep: Any = None, skip_empty: bool = True, delimiter: Any = None,
                 result_type: str = "SparseTensor", name: str | None = None) -> SparseTensor:
    """Strings cut at characters.

    Args:
      source: strings [n].
      sep: a string: at each of its characters is cut; a blank. If it is empty, between all bytes.
      skip_empty: whether empty parts are left out.
      delimiter: an older name of `sep`.
      result_type: "SparseTensor".
      name: of the operations' scope.

    Returns:
      A SparseTensor [n, most parts].
    """
    sep = windows.renamed("sep", sep, "delimiter", delimiter)
    with tf.name_scope(name, "StringSplit", [source]):
        sep = tf.convert_to_tensor(" " if sep is None else sep, dtype=tf.string)
        source = tf.convert_to_tensor(source, dtype=tf.string)
        rows = _rows(raw.operation("StringSplit", [source, sep], skip_empty=skip_empty))
        _check_result_type(result_type)
        return rows


def strings_split(input: Any = None, sep: Any = None, maxsplit: int = -1,
                  result_type: str = "SparseTensor", source: Any = None,
                  name: str | None = None) -> SparseTensor:
    """Strings cut at a string, as Python's str.split.

    Args:
      input: a string or strings [n].
      sep: what stands between the parts; without it, or if it is empty, any spaces.
      maxsplit: how often is cut at most; -1 for everywhere.
      result_type: "SparseTensor".
      source: another name of `input`.
      name: of the operations' scope.

    Returns:
      A SparseTensor [n, most parts].
    """
    input = windows.renamed("input", input, "source", source)
    with tf.name_scope(name, "StringSplit", [input]):
        input = tf.convert_to_tensor(input, dtype=tf.string, name="input")
        if input.shape.ndims == 0:
            input = tf.expand_dims(input, 0)
        _check_result_type(result_type)
        if input.shape.ndims != 1:
            raise tf.errors.UnimplementedError(
                None, None, "strings of another rank than 1 would be split into a ragged tensor")
        sep = tf.convert_to_tensor("" if sep is None else sep, dtype=tf.string)
        return _rows(raw.operation("StringSplitV2", [input, sep], maxsplit=maxsplit))


def reduce_join(inputs: Any, axis: Any = None, keep_dims: bool | None = None, separator: str = "",
                name: str | None = None, reduction_indices: Any = None,
                keepdims: bool | None = None) -> Any:
    """Strings one after the other along axes.

    Args:
      inputs: strings.
      axis: a number or a list of them, the one that changes fastest first; all, from the last to
        the first, without.
      keep_dims: an older name of `keepdims`.
      separator: what stands between them.
      name: of the operation.
      reduction_indices: an older name of `axis`.
      keepdims: whether the dimensions stay, of size 1.
    """
    keepdims = windows.renamed("keepdims", keepdims, "keep_dims", keep_dims)
    axis = windows.renamed("axis", axis, "reduction_indices", reduction_indices)
    with tf.name_scope(None, "ReduceJoin", [inputs, axis]):
        inputs = tf.convert_to_tensor(inputs)
        if axis is None and inputs.shape.ndims is not None:
            axis = tf.constant(list(range(inputs.shape.ndims - 1, -1, -1)), dtype=tf.int32)
        elif axis is None:
            axis = tf.range(tf.rank(inputs) - 1, -1, -1)
        return raw.output("ReduceJoin", [inputs, axis], name, keep_dims=bool(keepdims),
                          separator=separator)


def unsorted_segment_join(inputs: Any, segment_ids: Any, num_segments: Any, separator: str = "",
                          name: str | None = None) -> Any:
    """The strings that share a segment id, one after the other.

    Args:
      inputs: strings [d0, ..., dn, ...].
      segment_ids: int32 or int64 [d0, ..., dn], in any order.
      num_segments: how many segments there are.
      separator: what stands between them.
      name: of the operation.

    Returns:
      Strings [num_segments, ...].

    Raises:
      InvalidArgumentError: when it runs, for ids that are no segment.
    """
    return raw.output("UnsortedSegmentJoin", [inputs, segment_ids, num_segments], name,
                      separator=separator)


def string_format(template: str, inputs: Any, placeholder: str = "{}", summarize: int = 3,
                  name: str | None = None) -> Any:
    """A text in which tensors stand.

    Args:
      template: the text, with `placeholder` where each tensor goes.
      inputs: a tensor or a list of them.
      placeholder: what a tensor takes the place of.
      summarize: how many elements at either end of each dimension are shown; -1 for all.
      name: of the operation.

    Returns:
      A string.

    Raises:
      ValueError: there are more or fewer placeholders than tensors.
    """
    tensors = [inputs] if isinstance(inputs, tf.Tensor) else inputs
    count = template.count(placeholder)
    if count != len(tensors):
        raise ValueError(f"The template expects {count} tensors, but the inputs only has "
                         f"{len(tensors)}. Please ensure the number of placeholders in template "
                         "matches inputs length.")
    return raw.output("StringFormat", [tensors], name, template=template, placeholder=placeholder,
                      summarize=summarize)


def encode_base64(input: Any, pad: bool = False, name: str | None = None) -> Any:
    """Strings in base 64, of the alphabet that is safe in addresses; `pad` fills up with "="."""
    return raw.output("EncodeBase64", [input], name, pad=pad)


def decode_base64(input: Any, name: str | None = None) -> Any:
    """What `encode_base64` was given; InvalidArgumentError when it runs, for anything else."""
    return raw.output("DecodeBase64", [input], name)


def regex_full_match(input: Any, pattern: Any, name: str | None = None) -> Any:
    """Whether a regular expression of RE2's syntax matches all of each string: bool."""
    if isinstance(pattern, (str, bytes)):
        return raw.output("StaticRegexFullMatch", [input], name, pattern=pattern)
    return raw.output("RegexFullMatch", [input, pattern], name)


def regex_replace(input: Any, pattern: Any, rewrite: Any, replace_global: bool = True,
                  name: str | None = None) -> Any:
    """With what a regular expression matches rewritten.

    Args:
      input: strings.
      pattern: a regular expression of RE2's syntax, or a tensor of one.
      rewrite: what takes the place of a match, or a tensor of it; \\1 to \\9 are what groups
        matched, \\0 is all of it.
      replace_global: whether all matches are rewritten, not only the first.
      name: of the operation.

    Raises:
      InvalidArgumentError: when it runs, if the expression is malformed.
    """
    if isinstance(pattern, (str, bytes)) and isinstance(rewrite, (str, bytes)):
        return raw.output("StaticRegexReplace", [input], name, pattern=pattern, rewrite=rewrite,
                          replace_global=replace_global)
    return raw.output("RegexReplace", [input, pattern, rewrite], name,
                      replace_global=replace_global)
