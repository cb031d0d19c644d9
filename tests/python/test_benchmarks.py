"""tf.test.Benchmark beside TensorFlow's."""

import subprocess
import sys

import pytest

from same_program import error_of, tensorflow, tensorkeep


def reports(tf, capsys, **arguments):
    class Sums(tf.test.Benchmark):
        def benchmark_one(self):
            self.report_benchmark(**arguments)
    Sums().benchmark_one()
    return capsys.readouterr().out


@pytest.mark.parametrize("arguments", [
    {}, {"iters": 3, "cpu_time": 0.5, "wall_time": 0.25, "throughput": 1.5},
    {"name": "mine", "extras": {"a": 1, "b": "text"}},
    {"metrics": [{"name": "m", "value": 2.0, "min_value": 1.0}, {"name": "n", "value": 0.0,
                                                                 "max_value": 3.0}]},
])
def test_reports(arguments, capsys):
    assert reports(tensorflow, capsys, **arguments) == reports(tensorkeep, capsys, **arguments)


@pytest.mark.parametrize("arguments", [
    {"extras": [1]}, {"metrics": {}}, {"metrics": [{"value": 1}]}, {"metrics": [{"name": "x"}]},
])
def test_errors(arguments, capsys):
    want, got = (error_of(lambda: reports(tf, capsys, **arguments))
                 for tf in (tensorflow, tensorkeep))
    assert want == got


@pytest.mark.parametrize("tf", [tensorflow, tensorkeep])
def test_files(tf, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TEST_REPORT_FILE_PREFIX", f"{tmp_path}/")
    assert reports(tf, capsys, name="a/b", iters=2) == ""
    from tensorkeep.core.util import test_log_pb2
    data = (tmp_path / "Sums.a__b").read_bytes()
    assert test_log_pb2.BenchmarkEntries.FromString(data).entry[0].iters == 2
    with pytest.raises(OSError, match="File already exists"):
        reports(tf, capsys, name="a/b")


@pytest.mark.parametrize("tf", [tensorflow, tensorkeep])
def test_run_op_benchmark(tf, capsys):
    class Runs(tf.test.Benchmark):
        def benchmark_add(self):
            with tf.Graph().as_default(), tf.Session(config=tf.test.benchmark_config()) as sess:
                x = tf.placeholder(tf.float32, [])
                assert self.evaluate(tf.constant(1.0)) == 1.0
                return self.run_op_benchmark(sess, x + 1.0, {x: 2.0}, min_iters=3, mbs=2,
                                             store_memory_usage=False, extras={"mine": 1})
    values = Runs().benchmark_add()
    assert sorted(values) == ["extras", "iters", "name", "throughput", "wall_time"]
    assert sorted(values["extras"]) == ["mine", "wall_time_mean", "wall_time_stdev"]
    assert values["iters"] == 3 and values["throughput"] == 2 / values["wall_time"]
    assert 'name: "Runs.benchmark_add"' in capsys.readouterr().out


PROGRAM = """
import tensorkeep as tf

class First(tf.test.Benchmark):
    def benchmark_a(self):
        self.report_benchmark(iters=1)
    def benchmark_b(self):
        self.report_benchmark(iters=2)

class Test(tf.test.TestCase):
    def test_nothing(self):
        print("tested")

if __name__ == "__main__":
    tf.test.main()
"""


@pytest.mark.parametrize("arguments, printed", [
    (["--benchmark_filter=all"], ["benchmark_a", "benchmark_b"]),
    (["--benchmark_filter=First.*_b"], ["benchmark_b"]),
    (["--benchmark_filter=none"], ["No benchmarks matched the pattern: 'none'"]),
    ([], ["tested"]),
])
def test_main(arguments, printed, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    done = subprocess.run([sys.executable, program, *arguments], capture_output=True, text=True)
    text = done.stdout + done.stderr
    for word in ("benchmark_a", "benchmark_b", "tested", "No benchmarks matched"):
        assert (word in text) == any(word in line for line in printed), text
