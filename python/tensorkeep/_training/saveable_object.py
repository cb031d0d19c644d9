"""What a Saver can save beside variables: anything that knows which tensors hold its state."""

from __future__ import annotations

from typing import Any, Sequence

from tensorkeep import _core


class SaveSpec:
    """One tensor of a saveable object, and where it goes in a checkpoint.

    Args:
      tensor: the tensor, or a function that makes it where the saver wants it.
      slice_spec: the part of a larger tensor it is, "6 2 0,2:0,2"; "" for all of one.
      name: in the checkpoint.
      dtype, device: of the tensor; to be given with a function.
    """

    def __init__(self, tensor: Any, slice_spec: str, name: str, dtype: Any = None,
                 device: str | None = None) -> None:
        self._tensor = tensor
        self.slice_spec = slice_spec
        self.name = name
        if callable(tensor) and not hasattr(tensor, "dtype"):
            if dtype is None or device is None:
                raise AssertionError("When passing a callable `tensor` to a SaveSpec, an explicit "
                                     "dtype and device must be provided.")
            self.dtype = dtype
            self.device = device
        else:
            self.dtype = tensor.dtype
            self.device = tensor.device

    @property
    def tensor(self) -> Any:
        """The tensor, made now if a function was given."""
        return self._tensor() if callable(self._tensor) else self._tensor


class SaveableObject:
    """Something with a state that tensors hold; to be derived from, with a `restore`.

    In the collection SAVEABLE_OBJECTS every Saver saves it that is not told what to save.

    Args:
      op: what the object stands for: a Saver takes one object for it.
      specs: its SaveSpecs.
      name: under which it is saved.
    """

    def __init__(self, op: Any, specs: Sequence[SaveSpec], name: str) -> None:
        self.op = op
        self.specs = specs
        self.name = name

    @property
    def device(self) -> str:
        """The device of the first tensor."""
        return self.specs[0].device

    def restore(self, restored_tensors: list[Any], restored_shapes: list[Any] | None) -> Any:
        """Adds the nodes that bring the state back.

        Args:
          restored_tensors: what was read, one for each spec.
          restored_shapes: the shapes of the specs' tensors, if the saver reshapes; else None.

        Returns:
          The operation to run.
        """
        raise ValueError("Calling an abstract method.")


BaseSaverBuilder = _core.train.BaseSaverBuilder
BaseSaverBuilder.SaveSpec = SaveSpec
BaseSaverBuilder.SaveableObject = SaveableObject
BulkSaverBuilder = _core.train.BulkSaverBuilder
