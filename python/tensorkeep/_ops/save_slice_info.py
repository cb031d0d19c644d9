"""Which part of a partitioned tensor a variable holds."""

from __future__ import annotations

from typing import Any, Sequence


class SaveSliceInfo:
    """The part of `full_name`, of `full_shape`, from `var_offset` on, of `var_shape`."""

    def __init__(self, full_name: str | None = None, full_shape: Sequence[int] | None = None,
                 var_offset: Sequence[int] | None = None, var_shape: Sequence[int] | None = None,
                 save_slice_info_def: Any = None, import_scope: str | None = None) -> None:
        if save_slice_info_def is not None:
            message = save_slice_info_def
            self.full_name = f"{import_scope}/{message.full_name}" if import_scope else message.full_name
            self.full_shape = list(message.full_shape)
            self.var_offset = list(message.var_offset)
            self.var_shape = list(message.var_shape)
        else:
            self.full_name = full_name
            self.full_shape = list(full_shape or ())
            self.var_offset = list(var_offset or ())
            self.var_shape = list(var_shape or ())

    @property
    def spec(self) -> str:
        """The shape and slice as a checkpoint has it: "6 2 0,2:0,2"."""
        shape = " ".join(str(size) for size in self.full_shape) + " "
        return shape + ":".join(f"{offset},{size}"
                                for offset, size in zip(self.var_offset, self.var_shape))


class PartitionInfo:
    """What an initializer is told of the part it makes: the whole's shape, and where the part is."""

    def __init__(self, full_shape: Sequence[int], var_offset: Sequence[int]) -> None:
        self.full_shape = list(full_shape)
        self.var_offset = list(var_offset)

    def single_offset(self, shape: Sequence[int]) -> int:
        """The offset along the axis that is cut; 0 if none is."""
        axis = self.single_slice_dim(shape)
        return 0 if axis is None else self.var_offset[axis]

    def single_slice_dim(self, shape: Sequence[int]) -> int | None:
        """The axis that is cut. Raises ValueError if there is more than one."""
        cut = [axis for axis, size in enumerate(shape) if size != self.full_shape[axis]]
        if len(cut) > 1:
            raise ValueError(f"Cannot use single_slice_dim() with shape {list(shape)} of a part of "
                             f"{self.full_shape}: it is cut along more than one axis.")
        return cut[0] if cut else None
