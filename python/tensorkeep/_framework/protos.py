"""TensorFlow's protocol messages under a package of their own, so that both may be in one process.

Every message and enum of the .proto files, and every enum's values, is an attribute of this module:
`protos.GraphDef`, `protos.DataType`, `protos.DT_FLOAT`. The bytes are the same as those of
TensorFlow's messages. The classes are made from descriptors when this module is imported; there is
no generated code, which would want the one version of protobuf that it was generated with.
"""
from __future__ import annotations

import os

from google.protobuf import any_pb2, wrappers_pb2  # noqa: F401  (imported by our files)
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, symbol_database
from google.protobuf.internal import enum_type_wrapper
from google.protobuf.message import Message

from tensorkeep._api.messages import MESSAGES

_DESCRIPTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "protos.binpb")
_PACKAGE = "tensorkeep.proto"


def _add_files():
    """Makes the messages known; gives the descriptors of our files by their names."""
    with open(_DESCRIPTORS, "rb") as file:
        descriptors = descriptor_pb2.FileDescriptorSet.FromString(file.read())
    pool = descriptor_pool.Default()
    files = {}
    for file in descriptors.file:
        if file.package == _PACKAGE:
            pool.AddSerializedFile(file.SerializeToString())
            stem = file.name.rpartition("/")[2][:-len(".proto")]
            files[stem] = pool.FindFileByName(file.name)
    return files


def _make_class(descriptor, outer=""):
    """The class of a message, known, as those inside it, to pickle."""
    message_class = symbol_database.Default().RegisterMessage(
        message_factory.GetMessageClass(descriptor))
    message_class.__module__ = __name__
    message_class.__qualname__ = outer + descriptor.name
    for nested in descriptor.nested_types:
        nested_class = _make_class(nested, message_class.__qualname__ + ".")
        if not hasattr(message_class, nested.name):  # protobuf's pure Python leaves that to us
            setattr(message_class, nested.name, nested_class)
    return message_class


def _names_in(file):
    """What a module generated from this file would hold."""
    names = {name: _make_class(message) for name, message in file.message_types_by_name.items()}
    for name, enum in file.enum_types_by_name.items():
        names[name] = enum_type_wrapper.EnumTypeWrapper(enum)
        names.update((value.name, value.number) for value in enum.values)
    return names


_names_by_file = {stem: _names_in(file) for stem, file in _add_files().items()}
for _names in _names_by_file.values():
    globals().update(_names)
del _names

# The names in each of TensorFlow's modules: modules["core.protobuf.saver_pb2"] is ("SaverDef",).
modules = {
    f"{folder}.{stem}_pb2": tuple(_names_by_file[stem])
    for folder, stems in MESSAGES.items() for stem in stems.split()
}


def serialized(value, kind=None):
    """The bytes of a message.

    Args:
      value: one of our messages, TensorFlow's message of the same name, or its bytes.
      kind: the class of the message that is asked for; without it any message is taken.

    Raises:
      TypeError: `value` is nothing of that, or a message of another name.
    """
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if not isinstance(value, Message):
        expected = kind.__qualname__ if kind else "protocol message"
        raise TypeError(f"Expected a {expected} or its bytes, got {type(value).__name__}.")
    if kind is not None and _name_in_package(value.DESCRIPTOR) != kind.__qualname__:
        got = _name_in_package(value.DESCRIPTOR)
        raise TypeError(f"Expected a {kind.__qualname__}, got {got}.")
    return value.SerializeToString()


def as_message(value, kind):
    """`value` if it is of our class `kind`, else a message of that class with the same content.

    Args:
      value: as for `serialized`.
      kind: one of this module's classes.

    Raises:
      TypeError: as for `serialized`.
      google.protobuf.message.DecodeError: these bytes are no such message.
    """
    if isinstance(value, kind):
        return value
    return kind.FromString(serialized(value, kind))


def _name_in_package(descriptor):
    package = descriptor.file.package
    return descriptor.full_name[len(package) + 1 if package else 0:]
