"""Hooks beside TensorFlow's: when they act, what they log, write and refuse."""

import os

import numpy as np
import pytest
import tensorkeep
from training_scripts import (Recorder, clock, counting_model, events, failure, files, graph_text,
                              logs, same, state, values)


def train(tf, hooks, runs=10, clock_step=None, fetches=None):
    """Runs the counting model with the hooks until they stop it; returns how many runs it took."""
    loss, train_op = counting_model(tf)
    with clock() as time, tf.train.MonitoredSession(hooks=hooks(loss)) as sess:
        for run in range(runs):
            if sess.should_stop():
                return run
            time.now += clock_step or 0
            sess.run(train_op)
    return runs


@pytest.mark.parametrize("arguments", [{"num_steps": 3}, {"last_step": 4}, {"num_steps": 0},
                                       {"last_step": 0}, {"num_steps": 100}])
def test_stop_at_step(tmp_path, arguments):
    def script(tf, folder):
        return train(tf, lambda loss: [tf.train.StopAtStepHook(**arguments)])

    assert same(script, tmp_path) == {3: 3, 4: 4, 0: 1, 100: 10}[list(arguments.values())[0]]


def test_stop_at_step_goes_on_from_a_checkpoint(tmp_path):
    def script(tf, folder):
        runs = []
        for arguments in ({"num_steps": 2}, {"num_steps": 3}, {"last_step": 6}, {"last_step": 6}):
            with tf.Graph().as_default():
                _, train_op = counting_model(tf)
                hooks = [tf.train.StopAtStepHook(**arguments)]
                with tf.train.MonitoredTrainingSession(checkpoint_dir=folder, hooks=hooks) as sess:
                    runs.append(0)
                    while not sess.should_stop():
                        sess.run(train_op)
                        runs[-1] += 1
        return [runs, files(folder), state(tf, folder)]

    assert same(script, tmp_path)[0] == [2, 3, 1, 1]


def test_wrong_arguments(tmp_path):
    def script(tf, folder):
        t, x = tf.train, ["x"]
        with logs(tf):
            return [
                failure(t.StopAtStepHook), failure(t.StopAtStepHook, num_steps=1, last_step=1),
                failure(t.LoggingTensorHook, x),
                failure(t.LoggingTensorHook, x, every_n_iter=1, every_n_secs=1),
                failure(t.LoggingTensorHook, x, every_n_iter=0),
                failure(t.LoggingTensorHook, x, every_n_iter=-5, at_end=True),
                failure(t.StepCounterHook, every_n_steps=None),
                failure(t.StepCounterHook, every_n_steps=1, every_n_secs=1),
                failure(t.SummarySaverHook, save_steps=1),
                failure(t.SummarySaverHook, save_steps=1, scaffold=t.Scaffold(), summary_op=x),
                failure(t.SummarySaverHook, summary_op=x),
                failure(t.CheckpointSaverHook, folder, saver="s", scaffold="s"),
                failure(t.CheckpointSaverHook, folder),
                failure(t.SecondOrStepTimer), failure(t.SecondOrStepTimer, 1, 1),
            ]

    assert all(text.startswith("ValueError: ") for text in same(script, tmp_path))


@pytest.mark.parametrize("make", [
    lambda tf, folder: tf.train.StopAtStepHook(1),
    lambda tf, folder: tf.train.StepCounterHook(),
    lambda tf, folder: tf.train.SummarySaverHook(1, summary_op="s"),
    lambda tf, folder: tf.train.CheckpointSaverHook(folder, 1),
    lambda tf, folder: tf.train.GlobalStepWaiterHook(1)])
def test_hooks_that_need_a_global_step(tmp_path, make):
    def script(tf, folder):
        return failure(make(tf, folder).begin)[:44].replace("_Gl", "Gl")

    assert same(script, tmp_path).startswith("RuntimeError: Global step should be created")


def test_the_step_is_read_by_one_tensor(tmp_path):
    def script(tf, folder):
        tf.train.get_or_create_global_step()
        for hook in (tf.train.StopAtStepHook(1), tf.train.StepCounterHook()):
            with tf.name_scope("elsewhere"):
                hook.begin()
        reads = tf.get_collection("global_step_read_op_cache")
        graph = graph_text(tf)
        with tf.Session() as sess:
            before = sess.run(reads[0])
            sess.run(tf.train.get_global_step().initializer)
            sess.run(tf.assign_add(tf.train.get_global_step(), 5))
            after = sess.run(reads[0])
        tf.add_to_collection("global_step_read_op_cache", reads[0])
        return [len(reads), graph, int(before), int(after),
                failure(tf.train.StepCounterHook().begin)]

    assert same(script, tmp_path)[2:4] == [0, 5]


def test_logging_by_runs(tmp_path):
    def script(tf, folder):
        with logs(tf) as lines:
            train(tf, lambda loss: [tf.train.LoggingTensorHook(
                {"step": "step_read", "loss": loss}, every_n_iter=2, at_end=True)], 5, 0.125)
        return lines

    lines = same(script, tmp_path)
    assert "INFO loss = 0.5, step = 0" in lines
    assert "INFO loss = 2.0, step = 2 (0.250 sec)" in lines
    assert lines[-1] == "INFO loss = 16.0, step = 5 (0.000 sec)"


def test_logging_by_seconds_at_the_end_and_formatted(tmp_path):
    def script(tf, folder):
        def form(tensors):
            return " / ".join(sorted(f"{tag}: {value}" for tag, value in tensors.items()))

        hook = tf.train.LoggingTensorHook
        with logs(tf) as lines:
            train(tf, lambda loss: [hook(["loss", "step_read:0"], every_n_secs=3),
                                    hook({"l": "loss"}, at_end=True),
                                    hook(["loss"], every_n_iter=4, formatter=form)], 6, 1.0)
        return lines

    assert "INFO loss = 4.0, step_read:0 = 3 (3.000 sec)" in same(script, tmp_path)


def test_what_is_logged_are_arrays_without_exponents(tmp_path):
    def script(tf, folder):
        before = np.get_printoptions()
        tf.constant([1e-5, 1.0, float("nan")], name="vector")
        tf.constant("text", name="string")
        with logs(tf) as lines:
            train(tf, lambda loss: [tf.train.LoggingTensorHook(["vector", "string"],
                                                               every_n_iter=100)], 1)
        return [lines, before == np.get_printoptions()]

    assert "INFO vector = [0.00001 1.          nan], string = b'text'" in same(script, tmp_path)[0]


def test_tensors_that_cannot_be_logged(tmp_path):
    def script(tf, folder):
        with tf.Graph().as_default():
            foreign = tf.constant(1.0, name="foreign")
        tf.split(tf.constant([1.0, 2.0]), 2, name="pair")
        hook = tf.train.LoggingTensorHook
        texts = [failure(hook([tensor], every_n_iter=1).begin)
                 for tensor in (foreign, "pair", "missing", "missing:0", "pair:1", 5)]
        return [text and text[:20] for text in texts]

    assert same(script, tmp_path)[1].startswith("ValueError: Name pai")


@pytest.mark.parametrize("fail", [True, False])
def test_nan(tmp_path, fail):
    def script(tf, folder):
        record = Recorder()
        # The model's variable doubles: it is infinite in the 128th run, and the difference NaN.
        with logs(tf) as lines:
            text = failure(train, tf, lambda loss: [
                tf.train.NanTensorHook(loss - loss, fail_on_nan_loss=fail),
                record.hook(tf, "other")], 200)
        return [text, len(record.calls), record.calls[-1], lines]

    text, calls, last, lines = same(script, tmp_path)
    assert text == ("NanLossDuringTrainingError: NaN loss during training." if fail else None)
    assert lines[-1].endswith("Model diverged with loss = NaN.")


def test_nan_error_is_a_runtime_error():
    assert issubclass(tensorkeep.train.NanLossDuringTrainingError, RuntimeError)


def test_waiting_for_a_step(tmp_path):
    def script(tf, folder):
        _, train_op = counting_model(tf)
        record = []
        for until in (0, 2003):
            hook = tf.train.GlobalStepWaiterHook(until)
            creator = tf.train.ChiefSessionCreator(scaffold=tf.train.Scaffold(
                init_op=tf.group(tf.global_variables_initializer(), name=f"init_{until}")))
            with clock() as time, logs(tf) as lines:
                hooks = [SessionOf(tf), hook]
                with tf.train.MonitoredSession(creator, hooks) as sess:
                    def others_train():
                        for _ in range(501):
                            hooks[0].session.run(train_op)
                    time.on_sleep = others_train
                    sess.run(train_op)
                    sess.run(train_op)
            record.append([time.sleeps, lines])
        return record

    assert same(script, tmp_path)[1][0] == [0.5] * 4


def SessionOf(tf):
    """A hook that keeps the session it is given."""
    class Hook(tf.train.SessionRunHook):
        def after_create_session(self, session, coord):
            self.session = session
    return Hook()


def test_final_ops(tmp_path):
    def script(tf, folder):
        fed = tf.placeholder(tf.float32, [])
        none = tf.train.FinalOpsHook(None)
        some = []

        def hooks(loss):
            some.append(tf.train.FinalOpsHook({"loss": loss, "sum": [loss + fed]}, {fed: 0.25}))
            return [none, some[0]]

        train(tf, hooks, 2)
        found = some[0].final_ops_values
        return [none.final_ops_values, float(found["loss"]), float(found["sum"][0])]

    assert same(script, tmp_path) == [None, 2.0, 2.25]


def test_final_ops_at_the_end_of_an_input(tmp_path):
    def script(tf, folder):
        class Session:
            def run(self, fetches, feed_dict=None):
                raise tf.errors.OutOfRangeError(None, None, "end of input")

        with logs(tf) as lines:
            text = failure(tf.train.FinalOpsHook("x").end, Session())
        return [text, [line.split()[0] for line in lines]]

    assert same(script, tmp_path)[1] == ["WARNING"]


def test_feed_fn(tmp_path):
    def script(tf, folder):
        x = tf.placeholder(tf.float32, [])
        feeds = iter([1.0, 2.0])
        hook = tf.train.FeedFnHook(lambda: {x: next(feeds)})
        double = x * 2
        with tf.train.SingularMonitoredSession(hooks=[hook]) as sess:
            found = [float(sess.run(double)), float(sess.run(double)), failure(sess.run, x)]
        return found

    assert same(script, tmp_path)[:2] == [2.0, 4.0]


def test_step_counter(tmp_path):
    def script(tf, folder):
        with logs(tf) as lines:
            train(tf, lambda loss: [tf.train.StepCounterHook(every_n_steps=2, output_dir=folder),
                                    tf.train.StepCounterHook(None, every_n_secs=1.5)], 7, 0.5)
        tf.summary.FileWriterCache.clear()
        return [lines, events(folder, rates=True)]

    lines, written = same(script, tmp_path)
    assert "INFO global_step/sec: 2" in lines
    assert [event for event in written if event[1] == "global_step/sec"] == [
        [step, "global_step/sec", 2.0] for step in (3, 5, 7)]


def test_a_step_that_does_not_count_is_warned_of(tmp_path):
    def script(tf, folder):
        loss, _ = counting_model(tf)
        with clock(), logs(tf) as lines:
            with tf.train.MonitoredSession(hooks=[tf.train.StepCounterHook()]) as sess:
                for _ in range(4):
                    sess.run(loss)
        return [line[:40] for line in lines if line.startswith("WARNING")]

    assert same(script, tmp_path)[0].startswith("WARNING It seems that global step")


def test_an_unmoved_clock_counts_as_infinitely_fast(tmp_path):
    tf = tensorkeep
    with tf.Graph().as_default(), logs(tf) as lines:
        train(tf, lambda loss: [tf.train.StepCounterHook(every_n_steps=2)], 4)
    assert "INFO global_step/sec: inf" in lines


@pytest.mark.parametrize("arguments", [{"save_steps": 3}, {"save_secs": 2.0}])
def test_summaries(tmp_path, arguments):
    def script(tf, folder):
        def hooks(loss):
            tf.summary.scalar("loss_summary", loss)
            return [tf.train.SummarySaverHook(output_dir=folder, scaffold=tf.train.Scaffold(
                summary_op=tf.summary.merge_all()), **arguments)]

        train(tf, hooks, 8, 0.75)
        return [event for event in events(folder) if "graph_def" not in event[1]]

    written = same(script, tmp_path)
    assert written[0] == [1, "START", ""]
    assert written[1] == [1, "loss_summary", 0.5]


def test_summaries_of_a_list_none_and_nowhere(tmp_path):
    def script(tf, folder):
        def hooks(loss):
            ops = [tf.summary.scalar("a", loss), tf.summary.scalar("b", loss * 2)]
            hook = tf.train.SummarySaverHook
            return [hook(1, summary_writer=tf.summary.FileWriter(folder), summary_op=ops),
                    hook(1, summary_op=ops),
                    hook(1, scaffold=tf.train.Scaffold(), output_dir=os.path.join(folder, "none"))]

        train(tf, hooks, 2)
        tf.summary.FileWriterCache.clear()
        return [events(folder), [event for event in events(os.path.join(folder, "none"))
                                 if "graph_def" not in event[1]]]

    assert [event[1] for event in same(script, tmp_path)[0]] == ["START", "a", "b", "a", "b"]


@pytest.mark.parametrize("arguments", [{"save_steps": 2}, {"save_secs": 3.0}, {"save_steps": 100}])
def test_checkpoints(tmp_path, arguments):
    def script(tf, folder):
        with logs(tf) as lines:
            train(tf, lambda loss: [tf.train.CheckpointSaverHook(
                folder, scaffold=tf.train.Scaffold(saver=tf.train.Saver(max_to_keep=3)),
                **arguments)], 7, 1.0)
        tf.summary.FileWriterCache.clear()
        latest = tf.train.latest_checkpoint(folder)
        return [lines, files(folder), state(tf, folder), values(tf, latest), events(folder)]

    lines, listed, (latest, kept), found, _ = same(script, tmp_path)
    assert latest == "<dir>/model.ckpt-7" and found == {"x": 128.0, "global_step": 7}
    assert "INFO Saving checkpoints for 0 into <dir>/model.ckpt." in lines
    assert "graph.pbtxt" in listed and len(kept) == (2 if arguments == {"save_steps": 100} else 3)


def test_checkpoints_without_graphs_by_a_saver_with_a_name(tmp_path):
    def script(tf, folder):
        where = os.path.join(folder, "made")
        train(tf, lambda loss: [tf.train.CheckpointSaverHook(
            where, save_steps=2, saver=tf.train.Saver(), checkpoint_basename="net",
            save_graph_def=False)], 2)
        return [files(where), state(tf, where)]

    assert same(script, tmp_path)[0] == [
        "checkpoint", "net-0.data-00000-of-00001", "net-0.index", "net-2.data-00000-of-00001",
        "net-2.index"]


def test_the_saver_of_the_collection(tmp_path):
    def script(tf, folder):
        tf.train.get_or_create_global_step()
        record = []
        for _ in range(3):
            hook = tf.train.CheckpointSaverHook(folder, save_steps=1)
            hook.begin()
            with tf.Session() as sess:
                sess.run(tf.global_variables_initializer())
                record.append(failure(hook.after_create_session, sess, None))
            tf.add_to_collection(tf.GraphKeys.SAVERS, tf.train.Saver())
        return [record, files(folder)]

    record, _ = same(script, tmp_path)
    assert record[0].startswith("RuntimeError: No items in collection savers.")
    assert record[1] is None
    assert record[2].startswith("RuntimeError: More than one item in collection savers.")


@pytest.mark.parametrize("stop_at", [None, 2])
def test_listeners(tmp_path, stop_at):
    def script(tf, folder):
        calls = []

        class Listener(tf.train.CheckpointSaverListener):
            def __init__(self, name):
                self.name = name

            def begin(self):
                calls.append([self.name, "begin"])

            def before_save(self, session, global_step_value):
                calls.append([self.name, "before_save", int(global_step_value), files(folder)])

            def after_save(self, session, global_step_value):
                calls.append([self.name, "after_save", int(global_step_value), files(folder)])
                return stop_at == global_step_value

            def end(self, session, global_step_value):
                calls.append([self.name, "end", int(global_step_value)])

            def __repr__(self):
                return self.name

        with logs(tf) as lines:
            runs = train(tf, lambda loss: [tf.train.CheckpointSaverHook(
                folder, save_steps=2, saver=tf.train.Saver(),
                listeners=[Listener("a"), Listener("b"), tf.train.CheckpointSaverListener()])], 5)
        return [runs, calls, [line for line in lines if "stop" in line]]

    assert same(script, tmp_path)[0] == (stop_at or 5)


def test_timer(tmp_path):
    def script(tf, folder):
        record = []
        for arguments in ({"every_steps": 3}, {"every_secs": 2.5}):
            with clock() as time:
                timer = tf.train.SecondOrStepTimer(**arguments)
                record.append(timer.last_triggered_step())
                for step in (0, 0, 1, 2, 3, 3, 4, 10, 11):
                    time.now += 1
                    if timer.should_trigger_for_step(step):
                        record.append([step, timer.update_last_triggered_step(step)])
                record.append(timer.last_triggered_step())
                timer.reset()
                record.append([timer.last_triggered_step(), timer.should_trigger_for_step(11)])
        return record

    assert same(script, tmp_path)[1:5] == [[0, [None, None]], [3, [4.0, 3]], [10, [3.0, 7]], 10]


def test_arguments_values_and_context(tmp_path):
    def script(tf, folder):
        arguments = tf.train.SessionRunArgs("f")
        given = tf.train.SessionRunArgs(fetches=1, feed_dict={2: 3}, options=4)
        results = tf.train.SessionRunValues(results=1, options=2, run_metadata=3)
        context = tf.train.SessionRunContext(given, "session")
        before = context.stop_requested
        context.request_stop()
        hook = tf.train.SessionRunHook()
        return [list(arguments), list(given), list(results), results._fields, arguments._fields,
                before, context.stop_requested, context.session, context.original_args == given,
                hook.before_run(context), hook.begin(), hook.end(None),
                hook.after_run(context, results), hook.after_create_session(None, None)]

    assert same(script, tmp_path)[0] == ["f", None, None]
