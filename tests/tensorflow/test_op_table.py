"""The committed op table, and the digests its C++ test relies on, are what the script makes."""

import os
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import make_op_table

SHARED = pathlib.Path(os.environ.get("TENSORKEEP_SHARED_DIR", ROOT.parent / "shared"))
OPS_1_15 = SHARED / "tensorflow-1.15-ops.pbtxt"


class OpTable(unittest.TestCase):
    maxDiff = 2000

    @unittest.skipUnless(OPS_1_15.exists(), f"{OPS_1_15} is not here")
    def test_table_is_current(self):
        definitions = make_op_table.read_definitions(OPS_1_15)
        for path, text in ((make_op_table.TABLE, make_op_table.table_text(*definitions)),
                           (make_op_table.DIGESTS, make_op_table.digests_text(*definitions))):
            self.assertEqual(path.read_text().splitlines(), text.splitlines())


if __name__ == "__main__":
    unittest.main()
