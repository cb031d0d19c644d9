"""Supervisor: a training session with services that save, summarise and count in threads."""

from __future__ import annotations

import contextlib
import operator
import os
from typing import Any, Callable, Iterator

import tensorkeep as tf
from tensorkeep._training import coordinator
from tensorkeep._training import session_manager as session_managers
from tensorkeep._training import supervisor_services as services
from tensorkeep._training.queue_runner import refuse_queue_runners

__all__ = ["Supervisor"]


def _attribute(name: str, doc: str) -> Any:
    return property(operator.attrgetter(name), doc=doc)


class Supervisor:
    """Restores or initialises a model, saves it now and then, and stops in good order.

        sv = tf.train.Supervisor(logdir="/tmp/run")
        with sv.managed_session() as sess:
            while not sv.should_stop():
                sess.run(train_op)

    The graph is finalized by the constructor. What the arguments do not give comes from the
    graph's collections, or is made; None means to do without.
    """

    USE_DEFAULT = 0

    def __init__(self, graph: Any = None, ready_op: Any = USE_DEFAULT,
                 ready_for_local_init_op: Any = USE_DEFAULT, is_chief: bool = True,
                 init_op: Any = USE_DEFAULT, init_feed_dict: Any = None,
                 local_init_op: Any = USE_DEFAULT, logdir: str | None = None,
                 summary_op: Any = USE_DEFAULT, saver: Any = USE_DEFAULT,
                 global_step: Any = USE_DEFAULT, save_summaries_secs: float = 120,
                 save_model_secs: float = 600, recovery_wait_secs: float = 30,
                 stop_grace_secs: float = 120, checkpoint_basename: str = "model.ckpt",
                 session_manager: Any = None, summary_writer: Any = USE_DEFAULT,
                 init_fn: Callable[[Any], Any] | None = None,
                 local_init_run_options: Any = None) -> None:
        """
        Args:
          graph: the default graph if None.
          ready_op: tells whether the model is ready (see `SessionManager`);
            `report_uninitialized_variables()` by default.
          ready_for_local_init_op: the same for `local_init_op`.
          is_chief: whether this process initialises, saves and writes events.
          init_op: `global_variables_initializer()` by default.
          init_feed_dict: feeds for it.
          local_init_op: by default the initialisers of local variables and tables.
          logdir: the folder for checkpoints and events; None for neither.
          summary_op: a string tensor; `summary.merge_all()` by default.
          saver: a `Saver` of all variables by default.
          global_step: a scalar integer tensor; the graph's tensor "global_step:0" by default.
          save_summaries_secs: seconds between summaries; 0 for none.
          save_model_secs: seconds between checkpoints; 0 for none.
          recovery_wait_secs: seconds between looks at a model that is not ready.
          stop_grace_secs: how long threads may take to end.
          checkpoint_basename: the checkpoints' name within `logdir`.
          session_manager: a `SessionManager` of one's own.
          summary_writer: a `FileWriter` for `logdir` by default.
          init_fn: a function of the session, called after `init_op`.
          local_init_run_options: RunOptions for `local_init_op`.

        Raises:
          ValueError: not the chief, and a variable without a device.
        """
        graph = tf.get_default_graph() if graph is None else graph
        keys = tf.GraphKeys
        with graph.as_default():
            self._ready_op = self._default(
                ready_op, keys.READY_OP, tf.report_uninitialized_variables)
            self._ready_for_local_init_op = self._default(
                ready_for_local_init_op, keys.READY_FOR_LOCAL_INIT_OP)
            self._init_op = self._default(init_op, keys.INIT_OP, tf.global_variables_initializer)
            self._local_init_op = self._default(
                local_init_op, keys.LOCAL_INIT_OP, _make_local_init_op)
            self._saver = self._default(saver, keys.SAVERS, _make_saver)
            self._summary_op = self._default(summary_op, keys.SUMMARY_OP, tf.summary.merge_all)
            self._global_step = self._default(global_step, keys.GLOBAL_STEP, _find_global_step)
            self._meta_graph_def = tf.train.export_meta_graph(
                graph_def=graph.as_graph_def(add_shapes=True),
                saver_def=self._saver.saver_def if self._saver else None)
        self._graph = graph
        self._init_feed_dict = init_feed_dict
        self._init_fn = init_fn
        self._is_chief = is_chief
        self._stop_grace_secs = stop_grace_secs
        self._coord = coordinator.Coordinator()
        self._logdir = self._save_path = self._summary_writer = None
        self._save_summaries_secs = self._save_model_secs = None
        self._graph_added_to_summary = False
        if is_chief:
            self._logdir = logdir
            self._save_summaries_secs = save_summaries_secs
            self._save_model_secs = save_model_secs
            if logdir:
                self._save_path = os.path.join(logdir, checkpoint_basename)
            if summary_writer is not Supervisor.USE_DEFAULT:
                self._summary_writer = summary_writer
            elif logdir:
                self._summary_writer = tf.summary.FileWriter(logdir)
        self._session_manager = session_manager or session_managers.SessionManager(
            local_init_op=self._local_init_op, ready_op=self._ready_op,
            ready_for_local_init_op=self._ready_for_local_init_op, graph=graph,
            recovery_wait_secs=recovery_wait_secs, local_init_run_options=local_init_run_options)
        if not is_chief:
            _check_devices(graph)
        graph.finalize()

    is_chief = _attribute("_is_chief", "Whether this process initialises, saves, writes events.")
    session_manager = _attribute("_session_manager", "The `SessionManager`.")
    coord = _attribute("_coord", "The `Coordinator` of the services' threads.")
    init_op = _attribute("_init_op", "What initialises the model.")
    init_feed_dict = _attribute("_init_feed_dict", "The feeds for `init_op`.")
    ready_op = _attribute("_ready_op", "What tells whether the model is ready.")
    ready_for_local_init_op = _attribute(
        "_ready_for_local_init_op", "What tells whether the local initialiser may run.")
    summary_writer = _attribute("_summary_writer", "The `FileWriter`, or None.")
    summary_op = _attribute("_summary_op", "The merged summaries, or None.")
    save_summaries_secs = _attribute("_save_summaries_secs", "Seconds between summaries.")
    global_step = _attribute("_global_step", "The global step's tensor, or None.")
    saver = _attribute("_saver", "The `Saver`, or None.")
    save_model_secs = _attribute("_save_model_secs", "Seconds between checkpoints.")
    save_path = _attribute("_save_path", 'The checkpoints\' path before "-N", or None.')

    @staticmethod
    def _default(given: Any, key: str, make: Callable[[], Any] | None = None) -> Any:
        """What was given, or else the collection's first item, or else a new one put there."""
        if given is not Supervisor.USE_DEFAULT:
            return given
        items = tf.get_collection(key)
        if len(items) > 1:
            tf.logging.info("Found %d %s operations. Returning the first one.", len(items), key)
        if items:
            return items[0]
        made = make() if make else None
        if made is not None:
            tf.add_to_collection(key, made)
        return made

    def prepare_or_wait_for_session(self, master: str = "", config: Any = None,
                                    wait_for_checkpoint: bool = False, max_wait_secs: float = 7200,
                                    start_standard_services: bool = True) -> Any:
        """Returns a session that is ready, and starts the services if this is the chief.

        Args:
          master: "", for there are no servers.
          config: the session's ConfigProto.
          wait_for_checkpoint: whether the chief waits until `logdir` has a checkpoint.
          max_wait_secs: how long to wait.
          start_standard_services: whether to start the threads.
        """
        self._coord.clear_stop()
        if self._summary_writer:
            self._summary_writer.reopen()
        if self._is_chief:
            sess = self._session_manager.prepare_session(
                master, init_op=self._init_op, saver=self._saver, checkpoint_dir=self._logdir,
                wait_for_checkpoint=wait_for_checkpoint, max_wait_secs=max_wait_secs,
                config=config, init_feed_dict=self._init_feed_dict, init_fn=self._init_fn)
            self._write_graph()
            if start_standard_services:
                tf.logging.info("Starting standard services.")
                self.start_standard_services(sess)
        else:
            sess = self._session_manager.wait_for_session(
                master, config=config, max_wait_secs=max_wait_secs)
        if start_standard_services:
            tf.logging.info("Starting queue runners.")
            self.start_queue_runners(sess)
        return sess

    def start_standard_services(self, sess: Any) -> list[coordinator.LooperThread]:
        """Starts the threads that write summaries, count steps and save, and returns them.

        Each does its work once at its start, then whenever its seconds have passed.

        Raises:
          RuntimeError: not the chief.
        """
        if not self._is_chief:
            raise RuntimeError("Only chief supervisor can start standard services. Because only "
                               "chief supervisors can write events.")
        if not self._logdir:
            tf.logging.warning("Standard services need a 'logdir' passed to the SessionManager")
            return []
        if self._global_step is not None and self._summary_writer:
            self._summary_writer.add_session_log(
                tf.SessionLog(status=tf.SessionLog.START),
                tf.train.global_step(sess, self._global_step))
        threads = services.threads_of(self, sess)
        for thread in threads:
            thread.start()
        return threads

    def start_queue_runners(self, sess: Any, queue_runners: Any = None) -> list:
        """Returns [], for there are no queue runners to start.

        Raises:
          UnimplementedError: there are.
        """
        if queue_runners is None:
            queue_runners = self._graph.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
        return refuse_queue_runners(queue_runners)

    def loop(self, timer_interval_secs: float | None, target: Callable, args: Any = None,
             kwargs: dict[str, Any] | None = None) -> coordinator.LooperThread:
        """Starts a `LooperThread` that calls `target` every so many seconds, and returns it."""
        return coordinator.LooperThread.loop(self._coord, timer_interval_secs, target, args, kwargs)

    def stop(self, threads: Any = None, close_summary_writer: bool = True,
             ignore_live_threads: bool = False) -> None:
        """Stops the services and the coordinator's threads and waits for them.

        Args:
          threads: more threads to wait for.
          close_summary_writer: whether to close the event file.
          ignore_live_threads: whether threads that do not end are only logged.

        Raises:
          The exception that was reported to `request_stop()`.
          RuntimeError: threads are still running after `stop_grace_secs`.
        """
        self._coord.request_stop()
        try:
            self._coord.join(threads, stop_grace_period_secs=self._stop_grace_secs,
                             ignore_live_threads=ignore_live_threads)
        finally:
            if close_summary_writer and self._summary_writer:
                self._summary_writer.add_session_log(tf.SessionLog(status=tf.SessionLog.STOP))
                self._summary_writer.close()
                self._graph_added_to_summary = False

    def request_stop(self, ex: Any = None) -> None:
        """Asks everything to stop; see `Coordinator.request_stop()`."""
        self._coord.request_stop(ex=ex)

    def should_stop(self) -> bool:
        """True once a stop was requested."""
        return self._coord.should_stop()

    def stop_on_exception(self) -> Any:
        """A context whose exceptions are reported to `request_stop()`."""
        return self._coord.stop_on_exception()

    def wait_for_stop(self) -> None:
        """Sleeps until a stop is requested."""
        self._coord.wait_for_stop()

    def summary_computed(self, sess: Any, summary: Any, global_step: int | None = None) -> None:
        """Writes a summary that the program itself has computed.

        Args:
          sess: reads the global step.
          summary: a `Summary`, or one in bytes.
          global_step: the step to write it under; what `sess` says if None.

        Raises:
          RuntimeError: there is no summary writer.
        """
        if not self._summary_writer:
            raise RuntimeError("Writing a summary requires a summary writer.")
        if global_step is None and self._global_step is not None:
            global_step = tf.train.global_step(sess, self._global_step)
        self._summary_writer.add_summary(summary, global_step)

    @contextlib.contextmanager
    def managed_session(self, master: str = "", config: Any = None,
                        start_standard_services: bool = True,
                        close_summary_writer: bool = True) -> Iterator[Any]:
        """A context with a session that is ready; at its end everything is stopped and closed.

        An exception inside stops everything first and is raised again, except those that end a
        program in good order (OutOfRangeError).
        """
        sess = None
        try:
            sess = self.prepare_or_wait_for_session(
                master=master, config=config, start_standard_services=start_standard_services)
            yield sess
        except Exception as error:
            self.request_stop(error)
        finally:
            try:
                self.stop(close_summary_writer=close_summary_writer)
            finally:
                if sess is not None:
                    sess.close()

    def _write_graph(self) -> None:
        if self._logdir:
            tf.train.write_graph(self._graph.as_graph_def(add_shapes=True), self._logdir,
                                 "graph.pbtxt")
        if self._summary_writer and not self._graph_added_to_summary:
            self._summary_writer.add_graph(self._graph)
            self._summary_writer.add_meta_graph(self._meta_graph_def)
            self._graph_added_to_summary = True

    # The names of the class's first years, which old programs still use.
    PrepareSession = prepare_or_wait_for_session
    StartQueueRunners = start_queue_runners
    StartStandardServices = start_standard_services
    Stop = stop
    RequestStop = request_stop
    Loop = loop
    ShouldStop = should_stop
    StopOnException = stop_on_exception
    WaitForStop = wait_for_stop
    SummaryComputed = summary_computed


def _make_local_init_op() -> Any:
    return tf.group(tf.local_variables_initializer(), tf.tables_initializer())


def _make_saver() -> Any:
    return tf.train.Saver() if tf.global_variables() else None


def _find_global_step() -> Any:
    try:
        step = tf.get_default_graph().get_tensor_by_name("global_step:0")
    except KeyError:
        return None
    if step.dtype.base_dtype in (tf.int32, tf.int64):
        return step
    tf.logging.warning("Found 'global_step' is not an int type: %s", step.dtype)
    return None


def _check_devices(graph: Any) -> None:
    for op in graph.get_operations():
        if op.type in ("Variable", "VariableV2") and not op.device:
            raise ValueError(
                f"When using replicas, all Variables must have their device set: {op}")
