"""Seeds give the same bits in both, whichever of the two built the graph."""

import os
import pathlib
import subprocess
import tempfile
import unittest

from tensorflow.core.protobuf import meta_graph_pb2

import make_draws
import programs

TOOLS = pathlib.Path(os.environ["TENSORKEEP_BUILD_DIR"], "tests/tensorflow")


class Random(unittest.TestCase):
    def test_committed_draws_are_current(self):
        self.assertEqual(make_draws.DRAWS.read_text().splitlines(), make_draws.golden_text().splitlines())

    def test_both_draw_alike_of_the_graphs_of_both(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([TOOLS / "write_graphs", folder], check=True)
            for name in make_draws.programs_that_draw():
                with self.subTest(name):
                    ours = pathlib.Path(folder, f"{name}.meta")
                    theirs = pathlib.Path(folder, f"{name}.theirs.meta")
                    theirs.write_bytes(programs.meta_graph(name).SerializeToString())
                    want = make_draws.drawn_lines(meta_graph_pb2.MetaGraphDef.FromString(theirs.read_bytes()))
                    self.assertGreater(len(want), 5)
                    self.assertEqual(self.drawer(theirs), want)
                    self.assertEqual(self.drawer(ours), want)
                    self.assertEqual(make_draws.drawn_lines(
                        meta_graph_pb2.MetaGraphDef.FromString(ours.read_bytes())), want)

    def drawer(self, path):
        done = subprocess.run([TOOLS / "drawer", path], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.splitlines()


if __name__ == "__main__":
    unittest.main()
