#!/usr/bin/env python3
"""Measures tensorkeep and TensorFlow side by side and prints ratios: medians of 7 with their spread.

Usage: bench/run.py [--build DIR] [--tf-python PYTHON] [--memory DIR] [--disk DIR] [--runs N]
                    [--data DIR] [--only save,restore,v1,peak,train,ls,python]

The two take turns (A B A B ...), so that a machine that drifts drifts under both. Ratios above 1
mean that tensorkeep is faster. Needs only Python's standard library itself; TensorFlow runs in
another process, under the Python that the tests use.
"""
import argparse
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from measuring import Worker, report, spread
from python_module import bench_python

ROOT = pathlib.Path(__file__).resolve().parent.parent


def clear(directory):
    for entry in directory.iterdir():
        entry.unlink()


def bench_saving(args, ours, theirs, place, base):
    """Saves of 1 GiB against TensorFlow, and against a plain write of the bytes."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="tensorkeep-bench-", dir=base))
    try:
        times = {}

        def measure(key, worker, request):
            clear(directory)
            times.setdefault(key, []).append(worker.ask(request))

        for run in range(args.runs + 1):
            measure("fast", ours, f"save {directory}/a fast")
            measure("plain", ours, f"write {directory} plain")
            measure("durable", ours, f"save {directory}/a durable")
            measure("synced", ours, f"write {directory} synced")
            measure("tensorflow", theirs, f"save {directory}/b")
            if run == 0:
                times = {}  # the first round warms both up
        print(f"1 GiB in 16 tensors, {place} ({base}):")
        gigabytes = {k: [2**30 / 1e9 / s for s in v] for k, v in times.items()}
        for key in ("fast", "durable", "tensorflow", "plain", "synced"):
            print(f"  {key:44s} {spread(gigabytes[key], 'GB/s')}")
        report("save fast / TensorFlow's Saver", times["fast"], times["tensorflow"], 1.5)
        report("save fast / plain write()", times["fast"], times["plain"], 0.9)
        report("save durable / write() and fsync()", times["durable"], times["synced"], 0.9)
    finally:
        shutil.rmtree(directory)


def bench_restoring(args, ours, theirs, place, base):
    """Restores of 1 GiB, apart from the saves: while a system writes back what was just saved, or
    finds pages for it, it is the system that would be measured."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="tensorkeep-bench-", dir=base))
    try:
        ours.ask(f"save {directory}/a fast")
        theirs.ask(f"save {directory}/b")
        os.sync()
        a, b = [], []
        for run in range(args.runs + 2):
            one, other = ours.ask(f"restore {directory}/a"), theirs.ask(f"restore {directory}/b")
            if run > 1:  # the first rounds find memory that nobody had for long
                a.append(one)
                b.append(other)
        print(f"1 GiB in 16 tensors, {place} ({base}):")
        print(f"  tensorkeep {spread([2**30 / 1e9 / t for t in a], 'GB/s')}, "
              f"TensorFlow {spread([2**30 / 1e9 / t for t in b], 'GB/s')}")
        report("restore / TensorFlow's restore", a, b, 1.3)
    finally:
        shutil.rmtree(directory)


def bench_v1(args, ours, theirs, place, base):
    """1 GiB in the V1 format, saved by both and restored by both."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="tensorkeep-bench-", dir=base))
    try:
        print(f"1 GiB in 16 tensors in the V1 format, {place} ({base}):")

        def measure(what, target, one, other):
            a, b = [], []
            for run in range(args.runs + 1):
                times = one(), other()
                if run:
                    a.append(times[0])
                    b.append(times[1])
            print(f"  tensorkeep {spread([2**30 / 1e9 / t for t in a], 'GB/s')}, "
                  f"TensorFlow {spread([2**30 / 1e9 / t for t in b], 'GB/s')}")
            report(what, a, b, target)

        def save(worker, request):
            clear(directory)
            return worker.ask(request)

        measure("save fast / TensorFlow's Saver", 1.5,
                lambda: save(ours, f"save_v1 {directory}/a fast"),
                lambda: save(theirs, f"save_v1 {directory}/b"))
        clear(directory)
        theirs.ask(f"save_v1 {directory}/b")
        os.sync()
        measure("restore / TensorFlow's restore", 3,
                lambda: ours.ask(f"restore {directory}/b"),
                lambda: theirs.ask(f"restore {directory}/b"))
    finally:
        shutil.rmtree(directory)


def bench_peak(args):
    """Memory of a process that saves 1 GiB, beyond the state itself."""
    with tempfile.TemporaryDirectory(dir=args.memory) as directory:
        worker = Worker([args.worker])
        worker.ask(f"save {directory}/a fast")
        peak = worker.ask("peak")
        worker.close()
    extra = (peak - 2**30) / 2**20
    print(f"peak memory while saving: the state plus {extra:.0f} MiB  "
          f"target 64 MB: {'met' if extra < 64 else 'MISSED'}")


def bench_training(args, ours, theirs):
    steps = 2000
    a, b = [], []
    for run in range(args.runs + 1):
        one, other = ours.ask(f"train {args.data} {steps}"), theirs.ask(f"train {args.data} {steps}")
        if run:
            a.append(one)
            b.append(other)
    print("the first article's MNIST program, batches of 100:")
    print(f"  tensorkeep {spread([steps / t for t in a], 'steps/s')}, "
          f"TensorFlow {spread([steps / t for t in b], 'steps/s')}")
    report("steps per second / TensorFlow's", a, b, 4)


MANY = """
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import sys
import numpy as np
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
for i in range(6000):
    tf.Variable(np.float32(i), name="layer_%04d/weights" % i)
with tf.Session() as s:
    s.run(tf.global_variables_initializer())
    tf.train.Saver().save(s, sys.argv[1], write_meta_graph=False)
"""


def bench_ls(args):
    with tempfile.TemporaryDirectory(dir=args.memory) as directory:
        prefix = f"{directory}/many"
        subprocess.run([args.tf_python, "-c", MANY, prefix], check=True)
        times, peak = [], 0
        for _ in range(args.runs):
            begin = time.perf_counter()
            with subprocess.Popen([args.command, "ls", prefix], stdout=subprocess.DEVNULL) as process:
                _, _, usage = os.wait4(process.pid, 0)
                process.returncode = 0
            times.append((time.perf_counter() - begin) * 1000)
            peak = max(peak, usage.ru_maxrss / 1024)
    median = statistics.median(times)
    print(f"ls of 6,000 tensors: {spread(times, 'ms')}, {peak:.0f} MiB  "
          f"target 20 ms, 30 MB: {'met' if median < 20 and peak < 28.6 else 'MISSED'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=str(ROOT / "build" / "release"))
    parser.add_argument("--tf-python",
                        default=os.environ.get("TENSORKEEP_TF_PYTHON", str(ROOT / ".venv/bin/python")))
    parser.add_argument("--memory", default="/dev/shm", help="a folder on a memory file system")
    parser.add_argument("--disk", default=str(ROOT), help="a folder on the disk")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--data", default=str(ROOT / "data" / "digits"))
    parser.add_argument("--only", default="save,restore,v1,peak,train,ls,python")
    args = parser.parse_args()
    args.worker = os.path.join(args.build, "bench", "bench_worker")
    args.command = os.path.join(args.build, "cli", "tensorkeep")

    wanted = args.only.split(",")
    print(f"{platform.machine()}, {os.cpu_count()} processors, {args.runs} runs: median (least to most)")
    if {"save", "restore", "v1", "train"} & set(wanted):
        ours = Worker([args.worker])
        theirs = Worker([args.tf_python, str(ROOT / "bench" / "tensorflow_worker.py")])
        if "train" in wanted:
            bench_training(args, ours, theirs)
        if "save" in wanted:
            bench_saving(args, ours, theirs, "memory", args.memory)
            bench_saving(args, ours, theirs, "disk", args.disk)
        if "restore" in wanted:
            bench_restoring(args, ours, theirs, "memory", args.memory)
            bench_restoring(args, ours, theirs, "disk", args.disk)
        if "v1" in wanted:
            bench_v1(args, ours, theirs, "memory", args.memory)
            bench_v1(args, ours, theirs, "disk", args.disk)
        ours.close()
        theirs.close()
    if "peak" in wanted:
        bench_peak(args)
    if "ls" in wanted:
        bench_ls(args)
    if "python" in wanted:
        bench_python(args)


if __name__ == "__main__":
    main()
