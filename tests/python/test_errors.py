"""Exceptions beside TensorFlow's: classes, codes, texts, and what survives pickling."""
import inspect
import pickle

import pytest
from tensorflow.python.framework import errors_impl as theirs

from tensorkeep._framework import errors

CODES = {name: value for name, value in vars(errors).items() if name.isupper() and name[0] != "_"}
CLASSES = sorted(name for name, value in vars(errors).items()
                 if inspect.isclass(value) and issubclass(value, Exception) and name[0] != "_")
CODED = [name for name in CLASSES if issubclass(getattr(errors, name), errors.OpError)
         and name != "OpError"]


class Op:
    """Stands for an operation of a graph."""

    name = "dense/MatMul"
    traceback = [("model.py", 12, "build", "x")]
    _original_op = None


def test_names():
    expected = sorted(name for name, value in vars(theirs).items()
                      if inspect.isclass(value) and issubclass(value, Exception))
    assert CLASSES == expected
    assert len(CODED) == 16
    assert CODES == {name: getattr(theirs, name) for name in CODES}
    assert len(CODES) == 17
    functions = {"exception_type_from_error_code", "error_code_from_exception_type"}
    assert set(errors.__all__) == {*CLASSES, *CODES, *functions}


@pytest.mark.parametrize("name", CLASSES)
def test_bases(name):
    ours = {base.__name__ for base in getattr(errors, name).__mro__ if base.__name__[0] != "_"}
    assert ours == {base.__name__ for base in getattr(theirs, name).__mro__}


@pytest.mark.parametrize("name", CODED)
def test_fields(name):
    ours, tensorflow = getattr(errors, name), getattr(theirs, name)
    for args in ((None, None, "text"), ("node", None, "text"), (None, None, "text", {"a": b"b"})):
        error, expected = ours(*args), tensorflow(*args)
        for field in ("node_def", "op", "message", "error_code", "experimental_payloads", "args"):
            assert getattr(error, field) == getattr(expected, field), field
        assert str(error) == str(expected)
        assert (error.tensor, error.file) == (None, None)
    assert errors.exception_type_from_error_code(error.error_code) is ours
    assert errors.error_code_from_exception_type(ours) == error.error_code
    assert theirs.exception_type_from_error_code(error.error_code) is tensorflow


def test_the_text_tells_where_the_operation_was_made():
    expected = theirs.InternalError(None, Op, "text")
    assert str(errors.InternalError(None, Op, "text")) == str(expected)

    class Gradient(Op):
        name = "gradients/dense/MatMul_grad/MatMul"
        traceback = [("train.py", 3, "minimize", "y")]
        _original_op = Op

    text = str(errors.InternalError(None, Gradient, "text"))
    assert text.index("train.py") < text.index("dense/MatMul'") < text.index("model.py")

    class Unnamed:
        name = "x"

    assert str(errors.InternalError(None, Unnamed, "text")) == "text"


def test_base_class():
    error = errors.OpError("node", None, "text", errors.ABORTED)
    assert (error.node_def, error.message, error.error_code) == ("node", "text", errors.ABORTED)
    assert repr(error) == "OpError('text')"


def test_unknown_codes_and_classes():
    for module in (errors, theirs):
        with pytest.raises(KeyError):
            module.exception_type_from_error_code(99)
    for value in (ValueError, errors.OpError, None):
        with pytest.warns(UserWarning, match="Unknown class exception"):
            assert errors.error_code_from_exception_type(value) == errors.UNKNOWN


@pytest.mark.parametrize("name", CODED + ["OpError"])
def test_pickling_leaves_out_the_operation(name):
    code = (errors.ABORTED,) if name == "OpError" else ()
    error = getattr(errors, name)("node", Op(), "text", *code, {"a": b"b"})
    error.tensor, error.file = "w", "model.index"
    copied = pickle.loads(pickle.dumps(error))
    assert type(copied) is type(error)
    for field in ("node_def", "message", "error_code", "experimental_payloads", "tensor", "file"):
        assert getattr(copied, field) == getattr(error, field)
    assert copied.op is None


def test_a_subclass_with_a_constructor_of_its_own_pickles():
    copied = pickle.loads(pickle.dumps(Missing("w")))
    assert (type(copied), copied.message, copied.error_code) == (Missing, "no w", errors.NOT_FOUND)


class Missing(errors.NotFoundError):
    def __init__(self, name):
        super().__init__(None, None, "no " + name)
