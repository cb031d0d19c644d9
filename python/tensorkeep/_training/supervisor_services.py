"""The threads by which a Supervisor writes summaries, counts steps and saves checkpoints."""

from __future__ import annotations

import time
from typing import Any

import tensorkeep as tf
from tensorkeep._training.coordinator import LooperThread
from tensorkeep._training.summaries import add_scalar, steps_per_second

__all__ = ["SVStepCounterThread", "SVSummaryThread", "SVTimerCheckpointThread"]


def threads_of(sv: Any, sess: Any) -> list[LooperThread]:
    """The threads that a Supervisor's arguments call for, not started yet."""
    threads = []
    if sv.save_summaries_secs and sv.summary_writer:
        if sv.summary_op is not None:
            threads.append(SVSummaryThread(sv, sess))
        if sv.global_step is not None:
            threads.append(SVStepCounterThread(sv, sess))
    if sv.saver and sv.save_model_secs:
        threads.append(SVTimerCheckpointThread(sv, sess))
    return threads


class SVSummaryThread(LooperThread):
    """Runs the summary operation and writes what it gives."""

    def __init__(self, sv: Any, sess: Any) -> None:
        super().__init__(sv.coord, sv.save_summaries_secs)
        self._sv = sv
        self._sess = sess

    def run_loop(self) -> None:
        """Writes one summary."""
        if self._sv.global_step is None:
            summary, step = self._sess.run(self._sv.summary_op), None
        else:
            summary, step = self._sess.run([self._sv.summary_op, self._sv.global_step])
        tf.logging.info("Recording summary at step %s.", step)
        self._sv.summary_writer.add_summary(summary, step)


class SVStepCounterThread(LooperThread):
    """Writes how many steps a second the global step moves by."""

    def __init__(self, sv: Any, sess: Any, step_counter: Any = None) -> None:
        super().__init__(sv.coord, sv.save_summaries_secs)
        self._sv = sv
        self._sess = sess
        self._step_counter = sv.global_step if step_counter is None else step_counter
        self._summary_tag = f"{self._step_counter.op.name}/sec"
        self._last_time = 0.0
        self._last_step = 0

    def start_loop(self) -> None:
        """Notes the time and the step to count from."""
        self._last_time = time.time()
        self._last_step = tf.train.global_step(self._sess, self._step_counter)

    def run_loop(self) -> None:
        """Writes the rate since the last round."""
        step = tf.train.global_step(self._sess, self._step_counter)
        now = time.time()
        rate = steps_per_second(step - self._last_step, now - self._last_time)
        self._last_step, self._last_time = step, now
        add_scalar(self._sv.summary_writer, self._summary_tag, rate, step)
        tf.logging.log_first_n(tf.logging.INFO, "%s: %g", 10, self._summary_tag, rate)


class SVTimerCheckpointThread(LooperThread):
    """Saves checkpoints."""

    def __init__(self, sv: Any, sess: Any) -> None:
        super().__init__(sv.coord, sv.save_model_secs)
        self._sv = sv
        self._sess = sess

    def run_loop(self) -> None:
        """Saves one."""
        sv = self._sv
        tf.logging.info("Saving checkpoint to path %s", sv.save_path)
        sv.saver.save(self._sess, sv.save_path, global_step=sv.global_step)
        if sv.summary_writer and sv.global_step is not None:
            log = tf.SessionLog(status=tf.SessionLog.CHECKPOINT, checkpoint_path=sv.save_path)
            sv.summary_writer.add_session_log(
                log, tf.train.global_step(self._sess, sv.global_step))
