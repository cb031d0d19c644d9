"""Which checkpoints a Saver keeps: the same calls to TensorFlow's and to ours, on real files.

Times are far in the past (0) or in the future (10**12), so that no test depends on the clock: a
checkpoint that was made after the next time to keep one stays for good.
"""

import os
import pathlib
import subprocess
import tempfile
import unittest

import tensorflow.compat.v1 as tf
from google.protobuf import text_format
from tensorflow.python.training import checkpoint_state_pb2

KEEPER = pathlib.Path(os.environ["TENSORKEEP_BUILD_DIR"], "tests/tensorflow/keeper")

tf.get_logger().setLevel("CRITICAL")
tf.disable_v2_behavior()

SAVES = [f"save m {step}" for step in range(1, 8)]
SCRIPTS = {
    "five": (5, 10000, SAVES),
    "one": (1, 10000, SAVES),
    "all": (0, 10000, SAVES),
    "the same name": (1, 10000, ["save m", "save m", "save m"]),
    "saved again": (2, 10000, ["save a", "save b", "save a", "save c", "save d"]),
    "known from the past": (2, 1000, [*SAVES[:3], "know m-2 0 m-3 0", *SAVES[3:]]),
    "known from the future": (2, 1000, [*SAVES[:3], f"know m-2 {10**12} m-3 0", *SAVES[3:]]),
    "all from the future": (1, 0.5, [SAVES[0], f"know m-1 {10**12}", SAVES[1],
                                     f"know m-2 {10**12}", *SAVES[2:5]]),
    "more known than kept": (2, 10000, [*SAVES[:2], "know x 0 y 0 m-1 0 m-2 0", *SAVES[2:6]]),
    "none known": (2, 10000, [*SAVES[:2], "know", *SAVES[2:5]]),
    "recovered": (3, 10000, [*SAVES[:3], "recover m-1 m-3 gone", *SAVES[3:]]),
    "steps in any order": (2, 10000, ["save m 9", "save m 3", "save m 5", "save m 9", "save m 1"]),
}


def run_theirs(folder, max_to_keep, hours, script):
    printed = []
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.Variable(1.0, name="v")
        sess.run(tf.global_variables_initializer())
        saver = tf.train.Saver(max_to_keep=max_to_keep, keep_checkpoint_every_n_hours=hours)
        for line in script:
            verb, *words = line.split()
            if verb == "save":
                step = int(words[1]) if len(words) > 1 else None
                saver.save(sess, str(folder / words[0]), global_step=step)
            elif verb == "know":
                saver.set_last_checkpoints_with_time(
                    [(str(folder / name), float(time))
                     for name, time in zip(words[::2], words[1::2])])
            else:
                saver.recover_last_checkpoints([str(folder / name) for name in words])
            printed.append([pathlib.Path(p).name for p in saver.last_checkpoints])
    return printed


def run_ours(folder, max_to_keep, hours, script):
    result = subprocess.run([KEEPER, folder, str(max_to_keep), str(hours)],
                            input="\n".join(script) + "\n", capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return [line.split() for line in result.stdout.splitlines()]


def state_of(folder):
    """The checkpoint file, with names instead of paths and without times of this run."""
    state = checkpoint_state_pb2.CheckpointState()
    text_format.Parse((folder / "checkpoint").read_text(), state)
    return (pathlib.Path(state.model_checkpoint_path).name,
            [pathlib.Path(p).name for p in state.all_model_checkpoint_paths])


class Retention(unittest.TestCase):
    def test_the_same_calls_leave_the_same_checkpoints(self):
        for name, script in SCRIPTS.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as root:
                theirs, ours = pathlib.Path(root, "theirs"), pathlib.Path(root, "ours")
                theirs.mkdir()
                ours.mkdir()
                self.assertEqual(run_ours(ours, *script), run_theirs(theirs, *script))
                self.assertEqual(sorted(p.name for p in ours.iterdir()),
                                 sorted(p.name for p in theirs.iterdir()))
                self.assertEqual(state_of(ours), state_of(theirs))


if __name__ == "__main__":
    unittest.main()
