"""The numbers of the types by the names that they have in messages: DT_FLOAT and the like."""
from tensorkeep._framework import protos

__all__ = list(protos.modules["core.framework.types_pb2"])
globals().update((name, getattr(protos, name)) for name in __all__)
