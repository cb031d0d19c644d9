"""What the benchmarks share: processes that measure themselves, and how a comparison is printed."""
import statistics
import subprocess
import sys


class Worker:
    """A process that answers requests with seconds."""

    def __init__(self, command, environment=None):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env=environment)

    def ask(self, request):
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"the worker gave up on: {request}")
        return float(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def spread(values, unit):
    return f"{statistics.median(values):.3g} {unit} ({min(values):.3g} to {max(values):.3g})"


def verdict(target, met):
    return f"target {target}: {'met' if met else 'MISSED'}"


def report(what, ours, theirs, target):
    """ours and theirs: seconds, pair by pair."""
    ratios = [b / a for a, b in zip(ours, theirs)]
    met = "" if target is None else "  " + verdict(target, statistics.median(ratios) >= target)
    print(f"  {what:44s} {spread(ratios, 'x'):28s}{met}", flush=True)
