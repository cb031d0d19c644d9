"""Supervisor beside TensorFlow's: what it finds and makes, its services, how it stops."""

import os
import threading

import pytest
import tensorkeep
from training_scripts import (clock, counting_model, events, failure, files, graph_text, logs, same,
                              state, values)


class Watched:
    """A saver or a writer that says when it has done something, for those who wait for a thread."""

    def __init__(self, wrapped, *watched):
        self._wrapped = wrapped
        self._watched = watched
        self._done = {name: threading.Event() for name in watched}

    def __getattr__(self, name):
        method = getattr(self._wrapped, name)
        if name not in self._watched:
            return method

        def call(*args, **kwargs):
            result = method(*args, **kwargs)
            self._done[name].set()
            return result
        return call

    def wait(self):
        assert all(event.wait(60) for event in self._done.values())


class Writer:
    """Writes down what a writer is asked to do."""

    def __init__(self):
        self.calls = []

    def __getattr__(self, name):
        def call(*args, **kwargs):
            self.calls.append([name, *(type(value).__name__ for value in args)])
        return call


def without_services(tf, **arguments):
    return tf.train.Supervisor(save_model_secs=0, save_summaries_secs=0, **arguments)


def test_what_it_makes(tmp_path):
    def script(tf, folder):
        loss, _ = counting_model(tf)
        tf.summary.scalar("loss", loss)
        with clock(), logs(tf) as lines:
            sv = tf.train.Supervisor(logdir=folder)
            sv.summary_writer.close()
        graph, keys = tf.get_default_graph(), tf.GraphKeys
        return [graph.finalized, graph_text(tf), lines, events(folder), files(folder), [
            graph.get_collection(key)[0] == value for key, value in (
                (keys.INIT_OP, sv.init_op), (keys.READY_OP, sv.ready_op),
                (keys.SUMMARY_OP, sv.summary_op), (keys.SAVERS, sv.saver),
                (keys.GLOBAL_STEP, sv.global_step))],
            [sv.is_chief, sv.save_path, sv.save_model_secs, sv.save_summaries_secs,
             sv.init_feed_dict, sv.ready_for_local_init_op, sv.should_stop()],
            isinstance(sv.coord, tf.train.Coordinator),
            isinstance(sv.session_manager, tf.train.SessionManager)]

    record = same(script, tmp_path)
    assert record[5] == [True] * 5
    assert record[6] == [True, "<dir>/model.ckpt", 600, 120, None, None, False]


def test_what_it_finds(tmp_path):
    def script(tf, folder):
        keys = tf.GraphKeys
        step = tf.get_variable("steps", [], tf.int32, initializer=tf.zeros_initializer())
        found = {key: tf.no_op(name=key) for key in (
            keys.INIT_OP, keys.READY_OP, keys.LOCAL_INIT_OP, keys.READY_FOR_LOCAL_INIT_OP,
            keys.SUMMARY_OP)}
        found.update({keys.GLOBAL_STEP: step, keys.SAVERS: tf.train.Saver()})
        for key, value in found.items():
            tf.add_to_collection(key, value)
        tf.add_to_collection(keys.INIT_OP, tf.no_op())
        with logs(tf) as lines:
            sv = without_services(tf)
        return [lines, graph_text(tf), [
            sv.init_op is found[keys.INIT_OP], sv.ready_op is found[keys.READY_OP],
            sv.ready_for_local_init_op is found[keys.READY_FOR_LOCAL_INIT_OP],
            sv.summary_op is found[keys.SUMMARY_OP], sv.saver is found[keys.SAVERS],
            sv.global_step is step]]

    record = same(script, tmp_path)
    assert record[0] == ["INFO Found 2 init_op operations. Returning the first one."]
    assert record[2] == [True] * 6


def test_what_it_is_given(tmp_path):
    def script(tf, folder):
        counting_model(tf)
        manager = tf.train.SessionManager()
        writer = tf.summary.FileWriter(folder)
        ops = [tf.no_op(name=name) for name in ("init", "ready", "local", "for_local", "summary")]
        given = without_services(
            tf, graph=tf.get_default_graph(), init_op=ops[0], ready_op=ops[1],
            local_init_op=ops[2], ready_for_local_init_op=ops[3], summary_op=ops[4], saver=None,
            global_step=None, init_feed_dict={}, session_manager=manager, summary_writer=writer,
            checkpoint_basename="net", logdir=folder)
        writer.close()
        nothing = without_services(tf, init_op=None, ready_op=None, local_init_op=None,
                                   summary_op=None, saver=None, global_step=None)
        return [[given.init_op is ops[0], given.ready_op is ops[1], given.summary_op is ops[4],
                 given.ready_for_local_init_op is ops[3], given.session_manager is manager,
                 given.summary_writer is writer],
                [given.saver, given.global_step, given.init_feed_dict, given.save_path],
                [nothing.init_op, nothing.ready_op, nothing.summary_op, nothing.saver,
                 nothing.global_step, nothing.save_path, nothing.summary_writer],
                graph_text(tf)]

    record = same(script, tmp_path)
    assert record[0] == [True] * 6 and record[2] == [None] * 7


def test_the_step_by_its_name(tmp_path):
    def script(tf, folder):
        record = []
        for dtype in (tf.int32, tf.int64, tf.float32):
            with tf.Graph().as_default(), logs(tf) as lines:
                tf.Variable(0, name="global_step", dtype=dtype, trainable=False)
                step = without_services(tf).global_step
                found = tf.train.get_global_step() if dtype != tf.float32 else None
                record.append([step is not None and step.name, lines, found is not None and found.name])
        with tf.Graph().as_default():
            record.append([without_services(tf).global_step, without_services(tf).saver])
        return record

    record = same(script, tmp_path)
    assert [found[0] for found in record] == ["global_step:0", "global_step:0", False, None]


def test_training_saving_and_going_on(tmp_path):
    def script(tf, folder):
        record = []
        for rounds in (3, 2):
            with tf.Graph().as_default(), clock(), logs(tf) as lines:
                _, train_op = counting_model(tf)
                # Folders of their own, for writers made within a second share a file's name.
                events_folder = os.path.join(folder, f"events-{rounds}")
                sv = without_services(tf, logdir=folder,
                                      summary_writer=tf.summary.FileWriter(events_folder))
                with sv.managed_session() as sess:
                    for _ in range(rounds):
                        if not sv.should_stop():
                            sess.run(train_op)
                    sv.saver.save(sess, sv.save_path, global_step=sv.global_step)
                record.append([lines, files(folder), state(tf, folder), sv.should_stop(),
                               values(tf, tf.train.latest_checkpoint(folder)),
                               events(events_folder)])
        return record

    record = same(script, tmp_path)
    assert record[1][4] == {"x": 32.0, "global_step": 5}
    assert [event[:2] for event in record[0][5] if event[1] in ("START", "STOP")] == [
        [0, "START"], [0, "STOP"]]


def test_services(tmp_path):
    def script(tf, folder):
        loss, train_op = counting_model(tf)
        tf.summary.scalar("loss", loss)
        writer = Watched(tf.summary.FileWriter(folder), "add_summary")
        saver = Watched(tf.train.Saver(), "save")
        with clock(sleeps=False), logs(tf) as lines:
            sv = tf.train.Supervisor(logdir=folder, saver=saver, summary_writer=writer)
            with sv.managed_session(start_standard_services=False) as sess:
                sess.run(train_op)
                threads = sv.start_standard_services(sess)
                for _ in range(2):
                    writer.wait()
                saver.wait()
                kinds = sorted(type(thread).__name__ for thread in threads)
        written = [event for event in events(folder, rates=True) if "graph_def" not in event[1]]
        return [kinds, sorted(lines), sorted(map(str, written)), files(folder), state(tf, folder),
                [thread.is_alive() for thread in threads]]

    record = same(script, tmp_path)
    assert record[0] == ["SVStepCounterThread", "SVSummaryThread", "SVTimerCheckpointThread"]
    assert record[4] == ["<dir>/model.ckpt-1", ["<dir>/model.ckpt-1"]]
    assert "[1, 'loss_1', 1.0]" in record[2] or "(1, 'loss_1', 1.0)" in record[2]


@pytest.mark.parametrize("arguments", [
    {"save_model_secs": 0}, {"save_summaries_secs": 0}, {"saver": None}, {"summary_op": None},
    {"global_step": None}, {"summary_writer": None}, {"logdir": None}])
def test_which_services_there_are(tmp_path, arguments):
    def script(tf, folder):
        loss, _ = counting_model(tf)
        tf.summary.scalar("loss", loss)
        given = {"logdir": folder, **arguments}
        sv = tf.train.Supervisor(**given)
        with sv.managed_session(start_standard_services=False) as sess, logs(tf) as lines:
            threads = sv.start_standard_services(sess) or []
        return [sorted(type(thread).__name__ for thread in threads),
                [line for line in lines if "Standard services" in line]]

    assert len(same(script, tmp_path)[0]) == (0 if "logdir" in arguments else
                                              1 if "summary_writer" in arguments else
                                              1 if arguments == {"save_summaries_secs": 0} else 2)


def test_without_a_step(tmp_path):
    def script(tf, folder):
        tf.summary.scalar("s", tf.get_variable("v", [], initializer=tf.ones_initializer()))
        writer = Watched(tf.summary.FileWriter(folder), "add_summary")
        saver = Watched(tf.train.Saver(), "save")
        with logs(tf) as lines:
            sv = tf.train.Supervisor(logdir=folder, saver=saver, summary_writer=writer)
            with sv.managed_session() as sess:
                writer.wait()
                saver.wait()
        return [sorted(lines), events(folder), files(folder), state(tf, folder)]

    assert same(script, tmp_path)[3][0] == "<dir>/model.ckpt"


@pytest.mark.parametrize("name", ["ValueError", "OutOfRangeError", "StopIteration"])
@pytest.mark.parametrize("where", ["body", "looper", "init_fn"])
def test_exceptions_stop_everything_first(tmp_path, name, where):
    def script(tf, folder):
        _, train_op = counting_model(tf)
        error = (tf.errors.OutOfRangeError(None, None, "x") if name == "OutOfRangeError" else
                 {"ValueError": ValueError, "StopIteration": StopIteration}[name]("x"))

        def fail(sess=None):
            raise error

        sv = without_services(tf, logdir=folder, init_fn=fail if where == "init_fn" else None)
        sessions = []

        def run():
            with sv.managed_session() as sess:
                sessions.append(sess)
                if where == "body":
                    fail()
                sv.loop(None, fail)
                sv.wait_for_stop()

        text = failure(run)
        closed = [failure(sess.run, train_op) for sess in sessions]
        return [text and text.split(":")[0], sv.should_stop(), closed,
                [event for event in events(folder) if "graph_def" not in event[1]]]

    record = same(script, tmp_path)
    # A generator, which the context is, turns another's StopIteration into a RuntimeError.
    assert record[0] in (None, "ValueError", "StopIteration", "RuntimeError")
    assert record[0] == "ValueError" or name != "ValueError"
    assert record[1]


def test_threads_of_the_program(tmp_path):
    def script(tf, folder):
        counting_model(tf)
        sv = without_services(tf)
        calls = []

        def count(*args, **kwargs):
            calls.append([list(args), kwargs])
            if len(calls) == 2:
                sv.request_stop()

        with sv.managed_session():
            looper = sv.loop(0, count, args=(1,), kwargs={"a": 2})
            sv.wait_for_stop()
        with sv.stop_on_exception():
            raise tf.errors.OutOfRangeError(None, None, "clean")
        return [calls[:2], isinstance(looper, tf.train.LooperThread), looper.is_alive()]

    assert same(script, tmp_path)[0] == [[[1], {"a": 2}]] * 2


def test_a_second_session(tmp_path):
    def script(tf, folder):
        loss, train_op = counting_model(tf)
        writer = Writer()
        sv = without_services(tf, logdir=folder, summary_writer=writer)
        record = []
        for close in (False, True, True):
            with sv.managed_session(close_summary_writer=close) as sess:
                sess.run(train_op)
                record.append([sv.should_stop(), float(sess.run(loss))])
        return [record, writer.calls]

    assert same(script, tmp_path)[0] == [[False, 1.0]] * 3


def test_sessions_without_a_context(tmp_path):
    def script(tf, folder):
        _, train_op = counting_model(tf)
        sv = without_services(tf, logdir=folder)
        sess = sv.PrepareSession(start_standard_services=False)
        sess.run(train_op)
        record = [sv.ShouldStop(), sv.StartQueueRunners(sess), sv.StartStandardServices(sess)]
        sv.RequestStop()
        record.append(sv.ShouldStop())
        sv.WaitForStop()
        sv.Stop()
        return record + [[event[:2] for event in events(folder) if "graph_def" not in event[1]]]

    assert same(script, tmp_path)[:4] == [False, [], [], True]


def test_summaries_of_the_program(tmp_path):
    def script(tf, folder):
        loss, train_op = counting_model(tf)
        summary = tf.summary.scalar("loss", loss)
        sv = without_services(tf, logdir=folder, summary_op=None)
        with sv.managed_session() as sess:
            sess.run(train_op)
            sv.summary_computed(sess, sess.run(summary))
            sv.SummaryComputed(sess, sess.run(summary), global_step=17)
        with tf.Graph().as_default():
            no_writer = failure(without_services(tf).summary_computed, None, b"")
        return [[event for event in events(folder) if event[1].startswith("loss")], no_writer]

    assert same(script, tmp_path)[0] == [[1, "loss_1", 1.0], [17, "loss_1", 1.0]]


def test_not_the_chief(tmp_path):
    def script(tf, folder):
        with tf.device("/cpu:0"):
            v = tf.get_variable("v", [], initializer=tf.ones_initializer())
        sv = without_services(tf, is_chief=False, logdir=folder, recovery_wait_secs=20,
                              local_init_op=v.initializer)
        with sv.managed_session() as sess:
            found = float(sess.run(v))
        record = [sv.is_chief, sv.save_path, sv.summary_writer, found, os.listdir(folder),
                  failure(sv.start_standard_services, sess)]
        with tf.Graph().as_default():
            with tf.device("/cpu:0"):
                tf.get_variable("v", [], initializer=tf.ones_initializer())
            waiting = without_services(tf, is_chief=False, recovery_wait_secs=20)
            with clock() as time:
                record.append(failure(waiting.prepare_or_wait_for_session, max_wait_secs=45))
                record.append(time.sleeps)
        with tf.Graph().as_default():
            tf.get_variable("v", [], initializer=tf.ones_initializer())
            record.append(failure(without_services, tf, is_chief=False)[:66])
        return record

    record = same(script, tmp_path)
    assert record[:5] == [False, None, None, 1.0, []]
    assert record[7] == [20, 20]
    assert record[8] == "ValueError: When using replicas, all Variables must have their dev"


def test_waiting_for_a_checkpoint(tmp_path):
    def script(tf, folder):
        _, train_op = counting_model(tf)
        sv = without_services(tf, logdir=folder)
        with clock() as time, logs(tf) as lines:
            sess = sv.prepare_or_wait_for_session(wait_for_checkpoint=True, max_wait_secs=50)
            sess.run(train_op)
        sv.stop()
        return [time.sleeps, lines]

    assert same(script, tmp_path)[0] == [30, 30]


def test_there_are_no_servers_to_connect_to():
    tf = tensorkeep
    with tf.Graph().as_default():
        sv = without_services(tf)
        with pytest.raises(tf.errors.UnimplementedError, match="master='grpc://host:1'"):
            with sv.managed_session("grpc://host:1"):
                pass


def test_the_meta_graph_is_that_of_the_graph_it_is_given(tmp_path):
    tf = tensorkeep
    with tf.Graph().as_default() as graph:
        counting_model(tf)
    sv = without_services(tf, graph=graph, logdir=str(tmp_path))
    with sv.managed_session():
        pass
    meta = [event for event in events(tmp_path) if event[1] == "meta_graph_def"][0]
    kinds = {line.split()[1] for line in meta[2] if line.startswith("#collection")}
    assert "variables" in kinds and any(line.startswith("#saver ") for line in meta[2])
