"""Names of devices: "/job:worker/replica:0/task:1/device:CPU:0", or parts of it."""

from __future__ import annotations

from typing import Any, Callable

__all__ = ["DeviceSpec", "canonical_name", "check_valid", "is_device_spec", "merge_device"]

_NUMBERS = ("replica", "task")


class DeviceSpec:
    """A device's name in parts, each of which may be None.

    Args:
      job: the job's name.
      replica: the replica's number.
      task: the task's number.
      device_type: such as "CPU" or "GPU".
      device_index: the device's number.
    """

    def __init__(self, job: str | None = None, replica: int | None = None, task: int | None = None,
                 device_type: str | None = None, device_index: int | None = None) -> None:
        self.job = job
        self.replica = None if replica is None else int(replica)
        self.task = None if task is None else int(task)
        self.device_type = device_type.upper() if device_type in ("cpu", "gpu") else device_type
        self.device_index = None if device_index is None else int(device_index)

    @classmethod
    def from_string(cls, spec: str) -> DeviceSpec:
        """The parts of a name. Raises ValueError if it is none."""
        return cls().parse_from_string(spec)

    def parse_from_string(self, spec: str) -> DeviceSpec:
        """Takes the parts of a name. Raises ValueError if it is none."""
        parts: dict[str, Any] = {}
        for part in filter(None, (spec or "").split("/")):
            key, *values = part.split(":")
            if key.lower() in ("cpu", "gpu") and len(values) == 1:
                values, key = [key, *values], "device"
            if key == "job" and len(values) == 1:
                parts["job"] = values[0]
            elif key in _NUMBERS and len(values) == 1:
                parts[key] = int(values[0])
            elif key == "device" and len(values) == 2:
                if "device_type" in parts:
                    raise ValueError("Multiple device types are not allowed while parsing the "
                                     f"device spec: {spec}.")
                parts["device_type"] = values[0]
                parts["device_index"] = None if values[1] == "*" else int(values[1])
            else:
                raise ValueError(f"Unknown attribute '{key}' is encountered while parsing the "
                                 f"device spec: '{spec}'.")
        self.__init__(**parts)
        return self

    def _parts(self) -> dict[str, Any]:
        return vars(self)

    def merge_from(self, dev: DeviceSpec) -> None:
        """Takes the parts that the other has."""
        self.__init__(**self.make_merged_spec(dev)._parts())

    def make_merged_spec(self, dev: DeviceSpec) -> DeviceSpec:
        """A spec of this one's parts, and of the other's where it has some."""
        theirs = {key: value for key, value in dev._parts().items() if value is not None}
        return type(self)(**{**self._parts(), **theirs})

    def replace(self, **kwargs: Any) -> DeviceSpec:
        """A spec with other parts."""
        return type(self)(**{**self._parts(), **kwargs})

    def to_string(self) -> str:
        """The name."""
        text = "".join(f"/{key}:{value}" for key, value in list(self._parts().items())[:3]
                       if value is not None)
        if self.device_type is not None:
            index = "*" if self.device_index is None else self.device_index
            text += f"/device:{self.device_type}:{index}"
        return text

    def __str__(self) -> str:
        return self.to_string()

    def __repr__(self) -> str:
        return f"<DeviceSpec {self.to_string()!r}>"

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, DeviceSpec) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(tuple(self._parts().values()))


def is_device_spec(obj: Any) -> bool:
    """Whether it is a DeviceSpec."""
    return isinstance(obj, DeviceSpec)


def canonical_name(device: Any) -> str:
    """The name in its full form; "" for None. Raises ValueError if it is none."""
    if device is None:
        return ""
    return (device if is_device_spec(device) else DeviceSpec.from_string(device)).to_string()


def check_valid(spec: str) -> None:
    """Raises ValueError if it is no device's name."""
    DeviceSpec.from_string(spec)


def merge_device(spec: Any) -> Callable[[Any], str]:
    """A function for `tf.device` that completes an operation's own device by this one's parts."""
    outer = spec if is_device_spec(spec) else DeviceSpec.from_string(spec or "")

    def device_of(operation: Any) -> str:
        return outer.make_merged_spec(DeviceSpec.from_string(operation.device or "")).to_string()

    return device_of
