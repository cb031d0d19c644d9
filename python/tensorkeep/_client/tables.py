"""Tables for notebooks: what readers, graphs and restore plans show of themselves as HTML.

Names come from files, so everything is escaped, and long tables are cut.
"""

from __future__ import annotations

import collections
import html
from typing import Any, Iterable, Sequence

MAX_ROWS = 500
_MAX_TEXT = 200
_RIGHT = ' style="text-align: right"'
_LEFT = ' style="text-align: left"'


class Number(str):
    """Text that stands at the right of its column."""


def _shorten(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else text[:_MAX_TEXT - 1] + "…"


def _cell(tag: str, value: Any) -> str:
    style = _RIGHT if isinstance(value, (int, Number)) else _LEFT
    return f"<{tag}{style}>{html.escape(_shorten(str(value)))}</{tag}>"


def table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """An HTML table of at most MAX_ROWS rows, which says how many it leaves out."""
    parts = ["<table>", f"<caption{_LEFT}>{html.escape(caption)}</caption>", "<thead><tr>",
             *(_cell("th", column) for column in columns), "</tr></thead>", "<tbody>"]
    for row in rows[:MAX_ROWS]:
        parts += ["<tr>", *(_cell("td", value) for value in row), "</tr>"]
    parts.append("</tbody></table>")
    if len(rows) > MAX_ROWS:
        parts.append(f"<p>and {len(rows) - MAX_ROWS} more</p>")
    return "".join(parts)


def shape_text(shape: Any) -> str:
    """A list of dimensions or a TensorShape: "[784, 10]", "[?, 10]", "?" for an unknown rank."""
    if shape is None:
        return "?"
    dims = getattr(shape, "dims", shape)
    if dims is None:
        return "?"
    sizes = (getattr(dim, "value", dim) for dim in dims)
    return "[" + ", ".join("?" if size is None or size < 0 else str(size) for size in sizes) + "]"


def bytes_text(count: int) -> str:
    """A number of bytes as people read it: "31.4 kB"."""
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.3g} {unit}" if unit != "B" else f"{count} B"
        amount /= 1000
    return f"{amount:.3g} TB"


def dtype_text(dtype: Any) -> str:
    return "?" if dtype is None else dtype.name


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")


def checkpoint_table(reader: Any) -> str:
    """A reader's tensors: name, type, shape, bytes, and the slices of those stored in parts."""
    tensors = reader.tensors()
    has_full_names = any(each["full_name"] for each in tensors)
    has_slices = any(each["slices"] for each in tensors)
    columns = ["tensor", "type", "shape", "bytes"]
    columns += ["slices"] * has_slices + ["variable"] * has_full_names
    rows = []
    for each in tensors:
        row = [each["name"], dtype_text(each["dtype"]), shape_text(each["shape"]), each["bytes"]]
        row += [len(each["slices"]) or ""] * has_slices + [each["full_name"]] * has_full_names
        rows.append(row)
    size = bytes_text(sum(each["bytes"] for each in tensors))
    remarks = "".join(f"<p>{html.escape(remark)}</p>" for remark in reader.remarks())
    return table(f"{reader.prefix}: {plural(len(tensors), 'tensor')}, {size}", columns,
                 rows) + remarks


def _variable_rows(graph: Any) -> Iterable[Sequence[Any]]:
    """Each variable once, trainable or not."""
    trainable = {each.name for each in graph.get_collection("trainable_variables")
                 if hasattr(each, "name")}
    seen = set()
    for each in graph.get_collection("variables") + graph.get_collection("local_variables"):
        if not hasattr(each, "name") or each.name in seen:
            continue
        seen.add(each.name)
        dtype = getattr(each, "dtype", None)
        yield (each.name, dtype_text(getattr(dtype, "base_dtype", None)),
               shape_text(getattr(each, "shape", None)), "yes" if each.name in trainable else "no")


def graph_table(graph: Any) -> str:
    """A graph's types of operations with their numbers, its variables and its collections."""
    operations = graph.get_operations()
    types = collections.Counter(operation.type for operation in operations)
    caption = f"{plural(len(operations), 'operation')} of {plural(len(types), 'type')}"
    parts = [table(caption, ["type", "operations"],
                   sorted(types.items(), key=lambda item: (-item[1], item[0])))]
    variables = list(_variable_rows(graph))
    if variables:
        parts.append(table(plural(len(variables), "variable"),
                           ["variable", "type", "shape", "trainable"], variables))
    keys = [str(key) for key in graph.get_all_collection_keys()]
    if keys:
        parts.append(table(plural(len(keys), "collection"), ["collection", "items"],
                           [(key, len(graph.get_collection(key))) for key in sorted(keys)]))
    return "".join(parts)
