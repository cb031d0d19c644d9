#!/usr/bin/env python3
"""Checks that no file includes upward: each layer of src/ may include the layers listed for it.

Usage: include_rules.py SOURCE_DIR; exits 1 and lists what breaks the rules.
"""
import pathlib
import re
import sys

# layer -> layers it may include besides itself and the public headers it has a right to.
CHECKPOINT = {
    "base": set(),
    "io": {"base"},
    "table": {"base", "io", "tensor"},
    "tensor": {"base"},
    "proto": {"base", "tensor"},
    "bundle": {"base", "io", "table", "tensor", "proto"},
    "slices": {"base", "io", "table", "tensor", "proto"},
    "messages": {"base", "io", "proto"},
    "retention": {"base"},
    "checkpoint": {"base", "io", "table", "tensor", "proto", "bundle", "slices"},
    "convert": {"base", "io", "tensor", "proto", "bundle", "slices", "checkpoint"},
}
EVERYTHING = {
    "graph": {"base", "tensor", "proto"},
    "ops": {"base", "tensor", "proto", "graph"},
    "gradients": {"base", "tensor", "proto", "graph", "ops"},
    "runtime": {"base", "io", "tensor", "proto", "graph", "bundle", "slices",
                "checkpoint"},
    "transform": {"base", "tensor", "proto", "graph"},
    "train": {"base", "io", "tensor", "proto", "graph", "ops", "gradients", "runtime", "transform",
              "messages", "checkpoint", "retention", "bundle"},
    "datasets": {"base", "io", "tensor"},
}
ALLOWED = {**CHECKPOINT, **EVERYTHING}

# Public headers that belong to the small library; its layers may include no other.
SMALL_PUBLIC = {
    "errors", "dtype", "numeric_types", "shape", "tensor", "literal", "proto",
    "gfile", "meta_graph_file", "checkpoint_reader", "checkpoint_management", "durability", "npz", "convert", "diff", "rename",
    "record", "slice",
}

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def layer_of(path, src):
    return path.relative_to(src).parts[0]


def violations(root):
    src = root / "src"
    public = {p.stem for p in (root / "include" / "tensorkeep").glob("*.h")}
    for path in sorted(src.rglob("*.cc")) + sorted(src.rglob("*.h")):
        layer = layer_of(path, src)
        if layer not in ALLOWED:
            yield path, f"folder {layer} is no known layer: add it to {__file__}"
            continue
        if path.name.endswith(("_test.cc", "_testing.h")):
            continue  # a test may bring together what it compares
        for include in INCLUDE.findall(path.read_text()):
            target = include.split("/")[0]
            if target == "tensorkeep":
                stem = pathlib.Path(include).stem
                if layer in CHECKPOINT and stem in public and stem not in SMALL_PUBLIC:
                    yield path, f"the small library includes {include}"
            elif target != layer and target not in ALLOWED[layer]:
                yield path, f"{layer} includes {include}"
    for folder in ("cli", "examples"):
        for path in sorted((root / folder).rglob("*.cc")) + sorted((root / folder).rglob("*.h")):
            for include in INCLUDE.findall(path.read_text()):
                if (src / include).exists():
                    yield path, f"{folder} includes {include}, which is not public"


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    found = [f"{path.relative_to(root)}: {what}" for path, what in violations(root)]
    print("\n".join(found) or "every include goes downward")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
