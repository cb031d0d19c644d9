"""The committed graphs are what TensorFlow makes of the programs today."""

import unittest

import make_graphs
import programs


class Goldens(unittest.TestCase):
    maxDiff = None

    def test_every_program_has_its_graph(self):
        committed = {path.stem for path in make_graphs.GRAPHS.glob("*.txt")}
        self.assertEqual(committed, set(programs.PROGRAMS))

    def test_graphs_are_current(self):
        for name in programs.PROGRAMS:
            with self.subTest(name):
                committed = (make_graphs.GRAPHS / f"{name}.txt").read_text()
                self.assertEqual(committed.splitlines(), make_graphs.golden_text(name).splitlines())


if __name__ == "__main__":
    unittest.main()
