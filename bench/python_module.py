"""The benchmarks of the Python module: beside TensorFlow under the same Python."""
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from measuring import Worker, report, spread, verdict

HERE = pathlib.Path(__file__).resolve().parent


def environment(args):
    """In which the module of the build is found."""
    folder = pathlib.Path(args.build, "python").resolve()
    if not list(folder.glob("tensorkeep/_core*")):
        sys.exit(f"{folder} holds no module: configure with -DTENSORKEEP_BUILD_PYTHON=ON, build, or "
                 "leave python out of --only")
    return {**os.environ, "PYTHONPATH": str(folder), "TF_CPP_MIN_LOG_LEVEL": "3"}


def bench_python(args):
    known = environment(args)
    bench_imports(args, known)
    worker = str(HERE / "python_worker.py")
    ours = Worker([args.tf_python, worker, "tensorkeep"], known)
    theirs = Worker([args.tf_python, worker, "tensorflow"], known)

    def pairs(request, rounds=args.runs):
        """Seconds of both, taking turns; the first round warms both up."""
        times = [(ours.ask(request), theirs.ask(request)) for _ in range(rounds + 1)]
        return [list(side) for side in zip(*times[1:])]

    bench_steps(args, ours, theirs)
    bench_overhead(pairs)
    bench_checkpoints(args, pairs)
    ours.close()
    theirs.close()


def bench_steps(args, ours, theirs):
    """Steps a second; and processor time, which other programs on the machine change less."""
    print("the first article's training step in Python, batches of 100:")
    steps = 2000
    for verb, what in (("train", "batches drawn in the loop"), ("step", "one batch again and again")):
        times, used = ([], []), ([], [])
        for run in range(args.runs + 1):
            for side, worker in enumerate((ours, theirs)):
                before = worker.ask("processor")
                seconds = worker.ask(f"{verb} {args.data} {steps}")
                if run > 0:
                    times[side].append(seconds)
                    used[side].append((worker.ask("processor") - before) / steps * 1e6)
        print(f"  {what}: tensorkeep {spread([steps / t for t in times[0]], 'steps/s')}, "
              f"TensorFlow {spread([steps / t for t in times[1]], 'steps/s')}")
        report("steps per second / TensorFlow's", *times, 3)
        print(f"  processor time a step: tensorkeep {spread(used[0], 'us')}, "
              f"TensorFlow {spread(used[1], 'us')}")


def bench_overhead(pairs):
    runs = 5000
    for verb, what, target in (("empty", "sess.run([])", 5), ("scalar", "sess.run(a scalar variable)",
                                                              None)):
        a, b = pairs(f"{verb} {runs}")
        micros = [[1e6 * t / runs for t in side] for side in (a, b)]
        met = "" if target is None else verdict(f"{target} us", statistics.median(micros[0]) < target)
        print(f"{what}: tensorkeep {spread(micros[0], 'us')}, "
              f"TensorFlow {spread(micros[1], 'us')}  {met}")
        report("runs per second / TensorFlow's", a, b, None)


def bench_checkpoints(args, pairs):
    with tempfile.TemporaryDirectory(prefix="tensorkeep-bench-", dir=args.memory) as directory:
        print(f"64 MiB in one tensor from Python, memory ({args.memory}):")
        for verb in ("save", "restore"):
            a, b = pairs(f"{verb} {directory}/model")
            print(f"  {verb}: tensorkeep {spread([1000 * t for t in a], 'ms')}, "
                  f"TensorFlow {spread([1000 * t for t in b], 'ms')}")
            report(f"{verb} / TensorFlow's", a, b, None)
        a, b = pairs(f"counting {directory}/model 10")
        print(f"  another thread counts during saves at {spread([100 * t for t in a], '%')} of its "
              f"speed; with TensorFlow {spread([100 * t for t in b], '%')}")


PROGRAMS = {
    "pass": "",
    "import numpy": "import numpy",
    "import tensorkeep": "import tensorkeep",
    "import tensorkeep, and a session runs": """
import tensorkeep as tf
x = tf.placeholder(tf.float32, [2])
tf.Session().run(x + 1.0, {x: [1, 2]})""",
    "import tensorflow": "import tensorflow",
}
# The process's own peak: what wait4() tells may be its parent's.
PEAK = """
with open("/proc/self/status") as status:
    print([line.split()[1] for line in status if line.startswith("VmHWM")][0])
"""


def bench_imports(args, known):
    """Whole processes; what an import adds is beyond a Python that does nothing."""
    seconds = {what: [] for what in PROGRAMS}
    memory = {what: [] for what in PROGRAMS}
    for run in range(args.runs + 1):
        for what, program in PROGRAMS.items():
            begin = time.perf_counter()
            done = subprocess.run([args.tf_python, "-c", program + PEAK], env=known, check=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            if run > 0:  # the first round finds the files on the disk
                seconds[what].append(time.perf_counter() - begin)
                memory[what].append(int(done.stdout) / 1024)
    print("a process of Python that does this and ends, and what that is beyond `pass`:")
    for what in PROGRAMS:
        more = statistics.median(seconds[what]) - statistics.median(seconds["pass"])
        larger = statistics.median(memory[what]) - statistics.median(memory["pass"])
        print(f"  {what:40s} {spread(seconds[what], 's')}, {max(memory[what]):.0f} MiB; "
              f"beyond: {more:.3f} s, {larger:.0f} MiB", flush=True)
    own = "import tensorkeep"
    print("  " + verdict("0.25 s and 80 MB as a whole process",
                         statistics.median(seconds[own]) < 0.25 and max(memory[own]) < 76.3))
