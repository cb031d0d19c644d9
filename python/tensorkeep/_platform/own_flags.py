"""Flags on the command line where absl-py is not installed: what TensorFlow 1 programs use."""

from __future__ import annotations

from typing import Any, Callable, Iterator

__all__ = [
    "DEFINE_bool", "DEFINE_boolean", "DEFINE_enum", "DEFINE_float", "DEFINE_integer", "DEFINE_list",
    "DEFINE_multi_integer", "DEFINE_multi_string", "DEFINE_string", "DuplicateFlagError", "Error",
    "FLAGS", "Flag", "FlagValues", "IllegalFlagValueError", "UnrecognizedFlagError",
    "mark_flag_as_required", "mark_flags_as_required",
]


class Error(Exception):
    """The base of the flags' errors."""


class DuplicateFlagError(Error):
    """A flag is defined twice."""


class IllegalFlagValueError(Error):
    """A value that the flag does not take, or none where one is required."""


class UnrecognizedFlagError(Error):
    """A flag that nobody defined."""


class Flag:
    """One flag: its name, help, default and value."""

    def __init__(self, name: str, default: Any, help: str | None, parse: Callable[[str], Any],
                 boolean: bool = False, multi: bool = False) -> None:
        self.name = name
        self.help = help or ""
        self.default = default
        self.value = default
        self.boolean = boolean
        self.required = False
        self.present = 0
        self._parse = parse
        self._multi = multi

    def parse(self, text: str) -> None:
        """Takes the text of the command line. Raises IllegalFlagValueError."""
        try:
            value = self._parse(text)
        except ValueError as error:
            raise IllegalFlagValueError(f"flag --{self.name}={text}: {error}") from None
        if self._multi:
            value = [*(self.value if self.present else []), value]
        self.value = value
        self.present += 1


class FlagValues:
    """All flags; their values are its attributes."""

    def __init__(self) -> None:
        self.__dict__["_flags"] = {}
        self.__dict__["_parsed"] = False

    def is_parsed(self) -> bool:
        return self._parsed

    def mark_as_parsed(self) -> None:
        self.__dict__["_parsed"] = True

    def flag_values_dict(self) -> dict[str, Any]:
        return {name: flag.value for name, flag in self._flags.items()}

    def __getattr__(self, name: str) -> Any:
        if name not in self._flags:
            raise AttributeError(name)
        return self._flags[name].value

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._flags:
            raise AttributeError(f"No flag is called {name!r}")
        self._flags[name].value = value

    def __delattr__(self, name: str) -> None:
        if name not in self._flags:
            raise AttributeError(name)
        del self._flags[name]

    def __getitem__(self, name: str) -> Flag:
        return self._flags[name]

    def __setitem__(self, name: str, flag: Flag) -> None:
        if name in self._flags:
            raise DuplicateFlagError(f"The flag '{name}' is defined twice.")
        self._flags[name] = flag

    def __contains__(self, name: str) -> bool:
        return name in self._flags

    def __iter__(self) -> Iterator[str]:
        return iter(self._flags)

    def __len__(self) -> int:
        return len(self._flags)

    def __dir__(self) -> list[str]:
        return sorted(self._flags)

    def __str__(self) -> str:
        """What --help shows."""
        lines = []
        for name, flag in sorted(self._flags.items()):
            lines.append(f"  --{'[no]' if flag.boolean else ''}{name}: {flag.help}")
            lines.append(f"    (default: {flag.default!r})")
        return "\n".join(lines)

    def __call__(self, argv: list[str], known_only: bool = False) -> list[str]:
        """Parses a command line and returns what of it is no flag, the program's name first.

        Args:
          argv: the command line.
          known_only: whether unknown flags are returned, too; otherwise they are an error.

        Raises:
          UnrecognizedFlagError: a flag that nobody defined.
          IllegalFlagValueError: a value that a flag does not take, or a missing one.
        """
        rest, words = list(argv[:1]), iter(argv[1:])
        for word in words:
            if word == "--":
                rest += ["--", *words] if known_only else words
                break
            if not word.startswith("-") or word == "-":
                rest.append(word)
                continue
            name, equals, value = word.lstrip("-").partition("=")
            flag = self._flags.get(name)
            if flag is None and name.startswith("no") and not equals:
                flag, value, equals = self._flags.get(name[2:]), "false", "="
                flag = flag if flag is not None and flag.boolean else None
            if flag is None:
                if not known_only:
                    raise UnrecognizedFlagError(f"Unknown command line flag '{name}'")
                rest.append(word)
                continue
            if not equals:
                value = "true" if flag.boolean else next(words, None)
                if value is None:
                    raise IllegalFlagValueError(f"Missing value for flag --{name}")
            flag.parse(value)
        for flag in self._flags.values():
            if flag.required and flag.value is None:
                raise IllegalFlagValueError(
                    f"flag --{flag.name}=None: Flag --{flag.name} must have a value")
        self.mark_as_parsed()
        return rest


FLAGS = FlagValues()


def _boolean(text: str) -> bool:
    lower = text.lower()
    if lower in ("true", "t", "1"):
        return True
    if lower in ("false", "f", "0"):
        return False
    raise ValueError("Non-boolean argument to boolean flag")


def _integer(text: str) -> int:
    return int(text, 16 if text.lower().startswith("0x") else 10)


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")] if text else []


def _definer(parse: Callable[[str], Any], **kind: bool) -> Callable[..., None]:
    def define(name: str, default: Any, help: str | None, flag_values: FlagValues = FLAGS,
               required: bool = False, **unused: Any) -> None:
        flag = Flag(name, default, help, parse, **kind)
        flag.required = required
        if isinstance(default, str):
            flag.default = flag.value = parse(default)
        flag_values[name] = flag

    return define


DEFINE_string = _definer(str)
DEFINE_integer = _definer(_integer)
DEFINE_float = _definer(float)
DEFINE_boolean = DEFINE_bool = _definer(_boolean, boolean=True)
DEFINE_list = _definer(_list)
DEFINE_multi_string = _definer(str, multi=True)
DEFINE_multi_integer = _definer(_integer, multi=True)


def DEFINE_enum(name: str, default: str | None, enum_values: list[str], help: str | None,
                **kwargs: Any) -> None:
    """Defines a flag whose value is one of some words."""

    def parse(text: str) -> str:
        if text not in enum_values:
            raise ValueError(f"value should be one of <{'|'.join(enum_values)}>")
        return text

    _definer(parse)(name, default, help, **kwargs)


def mark_flag_as_required(flag_name: str, flag_values: FlagValues = FLAGS) -> None:
    """Makes parsing an error if the flag has no value."""
    flag_values[flag_name].required = True


def mark_flags_as_required(flag_names: list[str], flag_values: FlagValues = FLAGS) -> None:
    """`mark_flag_as_required` for several."""
    for name in flag_names:
        mark_flag_as_required(name, flag_values)
