"""SessionManager: a session whose variables have values, restored, initialised or waited for."""

from __future__ import annotations

import contextlib
import time
from typing import Any, Callable, Iterator

import numpy as np

import tensorkeep as tf

__all__ = ["SessionManager"]


class SessionManager:
    """Makes sessions that are ready to train.

    A chief calls `prepare_session()`, which restores the latest checkpoint or else runs the
    initialisers; whoever can do without calls `recover_session()`; a worker calls
    `wait_for_session()`. What "ready" means is for `ready_op` to say.
    """

    def __init__(self, local_init_op: Any = None, ready_op: Any = None,
                 ready_for_local_init_op: Any = None, graph: Any = None,
                 recovery_wait_secs: float = 30, local_init_run_options: Any = None,
                 local_init_feed_dict: Any = None) -> None:
        """
        Args:
          local_init_op: an operation run in every new session once the model is restored.
          ready_op: what tells whether the model is ready: an operation that fails until it is, or
            a string tensor of the names of variables that are not (empty: ready).
          ready_for_local_init_op: the same for whether `local_init_op` may run.
          graph: the sessions' graph; the default graph if None.
          recovery_wait_secs: seconds between looks at a model or a folder that is not ready.
          local_init_run_options: RunOptions for `local_init_op`.
          local_init_feed_dict: feeds for `local_init_op`.

        Raises:
          ValueError: `ready_for_local_init_op` without `local_init_op`.
        """
        if ready_for_local_init_op is not None and local_init_op is None:
            raise ValueError("If you pass a ready_for_local_init_op you must also pass a "
                             f"local_init_op , ready_for_local_init_op [{ready_for_local_init_op}]")
        self._local_init_op = local_init_op
        self._ready_op = ready_op
        self._ready_for_local_init_op = ready_for_local_init_op
        self._graph = tf.get_default_graph() if graph is None else graph
        self._recovery_wait_secs = recovery_wait_secs
        self._local_init_run_options = local_init_run_options
        self._local_init_feed_dict = local_init_feed_dict

    def prepare_session(self, master: str, init_op: Any = None, saver: Any = None,
                        checkpoint_dir: str | None = None,
                        checkpoint_filename_with_path: str | None = None,
                        wait_for_checkpoint: bool = False, max_wait_secs: float = 7200,
                        config: Any = None, init_feed_dict: Any = None,
                        init_fn: Callable[[Any], Any] | None = None) -> Any:
        """Returns a session that is ready: restored, or else initialised.

        Args:
          master: "", for there are no servers.
          init_op: what to run where nothing was restored.
          saver: restores; without one the model is initialised.
          checkpoint_dir: a folder whose latest checkpoint is restored.
          checkpoint_filename_with_path: a checkpoint to restore instead.
          wait_for_checkpoint: whether to wait until the folder has a checkpoint.
          max_wait_secs: how long.
          config: the session's ConfigProto.
          init_feed_dict: feeds for `init_op`.
          init_fn: a function of the session, called after `init_op`.

        Raises:
          RuntimeError: nothing was restored and there is nothing to initialise with, or the model
            is not ready after all that.
          ValueError: both a folder and a checkpoint were given.
        """
        with self._session(master, config) as sess:
            if not self._restore(sess, saver, checkpoint_dir, checkpoint_filename_with_path,
                                 wait_for_checkpoint, max_wait_secs):
                if init_op is None and not init_fn and self._local_init_op is None:
                    raise RuntimeError("Model is not initialized and no init_op or init_fn or "
                                       "local_init_op was given")
                if init_op is not None:
                    sess.run(init_op, feed_dict=init_feed_dict)
                if init_fn:
                    init_fn(sess)
            named = f"Init op: {_name_of(init_op)}, init fn: {init_fn}"
            ready, why = self._run_local_init(sess)
            if not ready:
                raise RuntimeError("Init operations did not make model ready for local_init.  "
                                   f"{named}, error: {why}")
            ready, why = _ready(self._ready_op, sess, "Model not ready")
            if not ready:
                raise RuntimeError("Init operations did not make model ready.  "
                                   f"{named}, local_init_op: {self._local_init_op}, error: {why}")
            return sess

    def recover_session(self, master: str, saver: Any = None, checkpoint_dir: str | None = None,
                        checkpoint_filename_with_path: str | None = None,
                        wait_for_checkpoint: bool = False, max_wait_secs: float = 7200,
                        config: Any = None) -> tuple[Any, bool]:
        """Returns a session, and whether it was restored and is ready.

        The arguments are those of `prepare_session()`. In a session that was not restored nothing
        but `local_init_op` has run.

        Raises:
          ValueError: both a folder and a checkpoint were given.
        """
        with self._session(master, config) as sess:
            restored = self._restore(sess, saver, checkpoint_dir, checkpoint_filename_with_path,
                                     wait_for_checkpoint, max_wait_secs)
            state = "ready for local init"
            ready, why = self._run_local_init(sess)
            if not restored:
                return sess, False
            if ready:
                state = "ready"
                ready, why = _ready(self._ready_op, sess, "Model not ready")
            source = checkpoint_dir or checkpoint_filename_with_path
            if ready:
                tf.logging.info("Restored model from %s", source)
            else:
                tf.logging.info("Restoring model from %s did not make model %s: %s", source, state,
                                why)
            return sess, ready

    def wait_for_session(self, master: str, config: Any = None,
                         max_wait_secs: float | None = float("inf")) -> Any:
        """Returns a session whose model somebody else makes ready; looks until it is.

        Args:
          master: "", for there are no servers.
          config: the session's ConfigProto.
          max_wait_secs: how long to wait; None for ever.

        Raises:
          DeadlineExceededError: it was not ready in time.
        """
        deadline = time.time() + (float("inf") if max_wait_secs is None else max_wait_secs)
        while True:
            with self._session(master, config) as sess:
                why_not_ready = None
                ready, why_not_local = self._run_local_init(sess)
                if ready:
                    ready, why_not_ready = _ready(self._ready_op, sess, "Model not ready")
                if ready:
                    return sess
            sess.close()
            if time.time() + self._recovery_wait_secs > deadline:
                raise tf.errors.DeadlineExceededError(
                    None, None, f"Session was not ready after waiting {int(max_wait_secs)} secs.")
            tf.logging.info(
                "Waiting for model to be ready.  Ready_for_local_init_op:  %s, ready: %s",
                why_not_local, why_not_ready)
            time.sleep(self._recovery_wait_secs)

    @contextlib.contextmanager
    def _session(self, master: str, config: Any) -> Iterator[Any]:
        """A new session, closed where an exception keeps it from whoever wanted it."""
        if master:
            raise tf.errors.UnimplementedError(
                None, None, f"master={master!r}: sessions run in this process, there are no "
                "servers to connect to. Leave master empty.")
        sess = tf.Session(graph=self._graph, config=config)
        try:
            yield sess
        except BaseException:
            sess.close()
            raise

    def _restore(self, sess: Any, saver: Any, checkpoint_dir: str | None,
                 checkpoint_path: str | None, wait: bool, max_wait_secs: float) -> bool:
        """Restores what there is; False if there is nothing."""
        if checkpoint_dir and checkpoint_path:
            raise ValueError(
                "Can not provide both checkpoint_dir and checkpoint_filename_with_path.")
        if not saver or not (checkpoint_dir or checkpoint_path):
            return False
        if checkpoint_path:
            _restore_from(sess, saver, checkpoint_path)
            return True
        waited = 0
        state = tf.train.get_checkpoint_state(checkpoint_dir)
        while not state or not state.model_checkpoint_path:
            if not wait or waited >= max_wait_secs:
                return False
            tf.logging.info("Waiting for checkpoint to be available.")
            time.sleep(self._recovery_wait_secs)
            waited += self._recovery_wait_secs
            state = tf.train.get_checkpoint_state(checkpoint_dir)
        _restore_from(sess, saver, state.model_checkpoint_path)
        # The saver goes on with the list, or it would never remove these.
        saver.recover_last_checkpoints(state.all_model_checkpoint_paths)
        return True

    def _run_local_init(self, sess: Any) -> tuple[bool, str | None]:
        """Runs `local_init_op` if there is one and it may run; whether it may, and why not."""
        if self._local_init_op is None:
            return True, None
        ready, why = _ready(self._ready_for_local_init_op, sess, "Model not ready for local init")
        if ready:
            tf.logging.info("Running local_init_op.")
            sess.run(self._local_init_op, feed_dict=self._local_init_feed_dict,
                     options=self._local_init_run_options)
            tf.logging.info("Done running local_init_op.")
        return ready, why


def _restore_from(sess: Any, saver: Any, path: str) -> None:
    initializers = tf.get_collection("saved_model_initializers")
    if initializers:
        sess.run(initializers)
    saver.restore(sess, path)


def _ready(op: Any, sess: Any, context: str) -> tuple[bool, str | None]:
    """Whether `op` calls the model ready, and why not."""
    if op is None:
        return True, None
    try:
        value = sess.run(op)
    except tf.errors.FailedPreconditionError as error:
        if "uninitialized" in str(error):
            return False, str(error)
        tf.logging.warning("%s : error [%s]", context, error)
        raise
    if value is None or value.dtype == np.int32 or value.size == 0:
        return True, None
    names = ", ".join(name.decode("utf-8") for name in value)
    return False, "Variables not initialized: " + names


def _name_of(op: Any) -> str:
    if op is None:
        return "None"
    return getattr(op, "name", f"<no name for {type(op)}>")
