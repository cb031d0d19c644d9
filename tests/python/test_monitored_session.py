"""MonitoredSession and its kin beside TensorFlow's: calls in order, files, recovery, errors."""

import functools
import os
import threading

import pytest
import tensorkeep
from training_scripts import (Recorder, clock, counting_model, events, failure, files, graph_file,
                              graph_text, logs, same, state, values)


def of_class(call, *args):
    """The class of the exception."""
    return failure(call, *args).split(":")[0]


def test_hooks_are_called_in_order(tmp_path):
    def script(tf, folder):
        record = Recorder()
        loss, train_op = counting_model(tf)
        fed = tf.placeholder(tf.float32, [])
        hooks = [record.hook(tf, "a", {"loss": loss, "list": [loss]}), record.hook(tf, "b"),
                 record.hook(tf, "c", feed_dict={fed: 2.0}, stop_at=2),
                 record.hook(tf, "d", fetches=[loss, fed])]
        graph = tf.get_default_graph()
        before = graph.finalized
        with tf.train.MonitoredSession(hooks=hooks) as sess:
            inside = [graph.finalized, sess.graph is graph]
            while not sess.should_stop():
                found = sess.run([train_op, {"fed": fed}])
                record.calls.append(f"fetched {found[0]} {found[1]['fed']}")
            refused = failure(sess.run, train_op)
        return [before, inside, graph.finalized, refused, record.calls, sess.should_stop(),
                sess.graph, graph_text(tf)]

    record = same(script, tmp_path)
    assert record[:4] == [False, [True, True], False,
                          "RuntimeError: Run called even after should_stop requested."]
    calls = record[4]
    assert [call.split()[0] for call in calls[:8]] == [
        "a.begin", "b.begin", "c.begin", "d.begin", "a.after_create_session",
        "b.after_create_session", "c.after_create_session", "d.after_create_session"]
    assert calls.count("fetched None 2.0") == 2 and calls[-4:] == [
        f"{name}.end True" for name in "abcd"]


def test_a_training_session(tmp_path):
    def script(tf, folder):
        loss, train_op = counting_model(tf)
        tf.summary.scalar("loss", loss)
        with clock(), logs(tf) as lines:
            hooks = [tf.train.StopAtStepHook(num_steps=7), tf.train.NanTensorHook(loss),
                     tf.train.LoggingTensorHook({"loss": loss}, every_n_iter=5)]
            with tf.train.MonitoredTrainingSession(
                    checkpoint_dir=folder, hooks=hooks, save_checkpoint_steps=3,
                    save_summaries_steps=2, log_step_count_steps=100) as sess:
                while not sess.should_stop():
                    sess.run(train_op)
        tf.summary.FileWriterCache.clear()
        return [lines, files(folder), state(tf, folder), events(folder),
                values(tf, tf.train.latest_checkpoint(folder)), graph_file(folder),
                graph_text(tf)]

    _, listed, (latest, kept), written, found, _, _ = same(script, tmp_path)
    assert latest == "<dir>/model.ckpt-7" and len(kept) == 4
    assert found == {"x": 128.0, "global_step": 7}
    assert [event[0] for event in written if event[1] == "loss_1"] == [1, 3, 5, 7]


def test_training_goes_on_where_it_stopped(tmp_path):
    def script(tf, folder):
        record = []
        for last_step in (2, 4, 6, 6):
            with tf.Graph().as_default():
                _, train_op = counting_model(tf)
                with clock(), tf.train.MonitoredTrainingSession(
                        checkpoint_dir=folder, hooks=[tf.train.StopAtStepHook(last_step=last_step)],
                        save_checkpoint_steps=1) as sess:
                    while not sess.should_stop():
                        sess.run(train_op)
                tf.summary.FileWriterCache.clear()
            record.append([files(folder), state(tf, folder),
                           values(tf, tf.train.latest_checkpoint(folder))])
        return record

    record = same(script, tmp_path)
    assert record[2][2] == {"x": 64.0, "global_step": 6}
    assert record[3][1][0] == "<dir>/model.ckpt-7"


@pytest.mark.parametrize("arguments", [
    {}, {"checkpoint_dir": None}, {"save_checkpoint_secs": None}, {"save_checkpoint_steps": 0},
    {"save_checkpoint_secs": 5}, {"save_summaries_steps": None}, {"save_summaries_secs": 3},
    {"save_summaries_steps": 1}, {"log_step_count_steps": None}, {"log_step_count_steps": 1},
    {"summary_dir": "summaries"}, {"summary_dir": "summaries", "checkpoint_dir": None},
    {"save_graph_def": False}, {"is_chief": False, "max_wait_secs": 0}])
def test_which_files_a_training_session_writes(tmp_path, arguments):
    def script(tf, folder):
        given = {"checkpoint_dir": folder, **arguments}
        if "summary_dir" in given:
            given["summary_dir"] = os.path.join(folder, given["summary_dir"])
        loss, train_op = counting_model(tf)
        tf.summary.scalar("loss", loss)
        record = Recorder()

        def run():
            with tf.train.MonitoredTrainingSession(
                    hooks=[record.hook(tf, "all")], chief_only_hooks=[record.hook(tf, "chief")],
                    **given) as sess:
                for _ in range(4):
                    time.now += 2.0
                    sess.run(train_op)

        with clock() as time, logs(tf) as lines:
            error = failure(run)
        tf.summary.FileWriterCache.clear()
        return [error, record.calls, lines, events(folder, rates=True), files(folder),
                events(given["summary_dir"]) if "summary_dir" in given else None]

    same(script, tmp_path)


def lost_twice(tf, error):
    """A hook that loses the session before the third and in the fourth run."""
    class Hook(tf.train.SessionRunHook):
        runs = sessions = 0

        def after_create_session(self, session, coord):
            self.sessions += 1
            self.session = session

        def before_run(self, run_context):
            self.runs += 1
            if self.runs == 3:
                raise error(None, None, "lost before")

        def after_run(self, run_context, run_values):
            if self.runs == 5:
                raise error(None, None, "lost after")
    return Hook()


@pytest.mark.parametrize("name", ["AbortedError", "UnavailableError", "InternalError"])
@pytest.mark.parametrize("singular", [False, True])
def test_a_lost_session_is_made_anew_from_the_last_checkpoint(tmp_path, name, singular):
    def script(tf, folder):
        loss, train_op = counting_model(tf)
        hook = lost_twice(tf, getattr(tf.errors, name))
        record = []

        def run():
            scaffold = tf.train.Scaffold()
            saver = tf.train.CheckpointSaverHook(folder, save_steps=2, scaffold=scaffold)
            hooks = [saver, hook, tf.train.StopAtStepHook(last_step=6)]
            creator = tf.train.ChiefSessionCreator(scaffold, checkpoint_dir=folder)
            with (tf.train.SingularMonitoredSession(hooks, scaffold, checkpoint_dir=folder)
                  if singular else tf.train.MonitoredSession(creator, hooks)) as sess:
                while not sess.should_stop():
                    sess.run(train_op)
                    record.append(float(hook.session.run(loss)))

        error = failure(run)
        tf.summary.FileWriterCache.clear()
        return [error, record, hook.runs, hook.sessions, files(folder), state(tf, folder),
                values(tf, tf.train.latest_checkpoint(folder)), events(folder)]

    error, losses, runs, sessions, _, _, found, _ = same(script, tmp_path)
    if singular or name == "InternalError":
        assert error == f"{name}: lost before" and (runs, sessions) == (3, 1)
    else:
        assert error is None and sessions == 3
        assert losses[-1] == 32.0 and found == {"x": 64.0, "global_step": 6}


def test_a_session_that_is_lost_while_it_is_made(tmp_path):
    def script(tf, folder):
        calls = []

        class Creator(tf.train.SessionCreator):
            def create_session(self):
                calls.append("create")
                if len(calls) < 3:
                    raise tf.errors.UnavailableError(None, None, "not yet")
                return tf.Session()

        with tf.train.MonitoredSession(Creator(), [Recorder().hook(tf, "a")]) as sess:
            calls.append(sess.should_stop())
        error = tf.errors.InternalError(None, None, "never")

        class Failing(tf.train.SessionCreator):
            def create_session(self):
                raise error

        return [calls, failure(tf.train.MonitoredSession, Failing()),
                failure(tf.train.SessionCreator)[:20]]

    assert same(script, tmp_path)[0] == ["create"] * 3 + [False]


def test_a_session_lost_in_a_thread(tmp_path):
    def script(tf, folder):
        loss, train_op = counting_model(tf)
        coords = []

        class Hook(tf.train.SessionRunHook):
            def after_create_session(self, session, coord):
                coords.append(coord)

        def report(error):
            with coords[-1].stop_on_exception():
                raise error

        aborted = tf.errors.AbortedError(None, None, "lost in a thread")
        record = []
        with tf.train.MonitoredSession(hooks=[Hook()]) as sess:
            sess.run(train_op)
            report(aborted)
            record += [sess.should_stop(), len(coords), float(sess.run(loss))]
            report(aborted)
            record += [of_class(sess.run, "no such tensor:0"), len(coords), sess.should_stop()]
        with tf.train.SingularMonitoredSession(hooks=[Hook()]) as sess:
            coords[-1].request_stop()
            record += [sess.should_stop(), float(sess.run(loss))]
        for make in (tf.train.MonitoredSession, tf.train.SingularMonitoredSession):
            def run():
                with make(hooks=[Hook()]) as sess:
                    report(ValueError("in a thread"))
                    record.append(failure(sess.should_stop))
                    record.append(of_class(sess.run, "no such tensor:0"))
            record.append(failure(run))
        return record

    record = same(script, tmp_path)
    assert record[:3] == [False, 2, 0.5]
    assert "ValueError: in a thread" in record[-1]


def test_threads_of_hooks_are_stopped_and_joined(tmp_path):
    def script(tf, folder):
        threads = []

        class Hook(tf.train.SessionRunHook):
            def after_create_session(self, session, coord):
                threads.append(threading.Thread(target=coord.wait_for_stop, daemon=True))
                coord.register_thread(threads[0])
                threads[0].start()

        with tf.train.MonitoredSession(hooks=[Hook()]):
            alive = threads[0].is_alive()
        return [alive, threads[0].is_alive()]

    assert same(script, tmp_path) == [True, False]


@pytest.mark.parametrize("name", ["OutOfRangeError", "StopIteration", "ValueError", "none"])
def test_how_the_with_ends(tmp_path, name):
    def script(tf, folder):
        record = Recorder()
        graph = tf.get_default_graph()

        def run():
            with tf.train.MonitoredSession(hooks=[record.hook(tf, "a")]):
                if name == "OutOfRangeError":
                    raise tf.errors.OutOfRangeError(None, None, "end of input")
                if name != "none":
                    raise {"StopIteration": StopIteration, "ValueError": ValueError}[name]("x")

        return [failure(run), record.calls, graph.finalized]

    error, calls, _ = same(script, tmp_path)
    assert (error is None) == (calls[-1] == "a.end True") == (name != "ValueError")


def test_a_hook_that_fails_at_the_end(tmp_path):
    def script(tf, folder):
        class Hook(tf.train.SessionRunHook):
            def end(self, session):
                raise ValueError("in end")

        sess = tf.train.MonitoredSession(hooks=[Hook()])
        return [failure(sess.close), sess.should_stop(), tf.get_default_graph().finalized]

    assert same(script, tmp_path) == ["ValueError: in end", True, False]


def test_a_finalized_graph_stays_finalized(tmp_path):
    def script(tf, folder):
        graph = tf.get_default_graph()
        counting_model(tf)
        scaffold = tf.train.Scaffold().finalize()
        with tf.train.MonitoredSession(tf.train.ChiefSessionCreator(scaffold)):
            pass
        return graph.finalized

    assert same(script, tmp_path) is True


def test_closing_twice(tmp_path):
    def script(tf, folder):
        sess = tf.train.MonitoredSession()
        sess.close()
        return [failure(sess.close), sess.should_stop(), sess.graph]

    assert same(script, tmp_path)[0] == "RuntimeError: Session is already closed."


def test_a_closed_session_runs_nothing_and_calls_no_hook():
    tf, record = tensorkeep, Recorder()
    with tf.Graph().as_default():
        loss = tf.constant(1.0)
        sess = tf.train.MonitoredSession(hooks=[record.hook(tf, "a")])
        sess.close()
        for call in (sess.close, lambda: sess.run(loss),
                     lambda: sess.run_step_fn(lambda step_context: None)):
            with pytest.raises(RuntimeError, match="Session is already closed."):
                call()
    assert record.calls.count("a.end True") == 1 and record.calls[-1] == "a.end True"


def test_feeds_of_hooks_and_of_the_program(tmp_path):
    def script(tf, folder):
        x, y, z = (tf.placeholder(tf.float32, [], name=name) for name in "xyz")
        total = x + y + z
        record = Recorder()

        def hook(feed_dict):
            return record.hook(tf, "h", feed_dict=feed_dict)

        results = []
        for hooks, feeds in (([hook({x: 1.0}), hook({y: 2.0})], {z: 4.0}),
                             ([hook({x: 1.0, y: 2.0, z: 4.0})], None),
                             ([hook({})], {x: 1.0, y: 2.0, z: 4.0}),
                             ([hook({x: 1.0}), hook({x: 2.0})], {y: 2.0, z: 4.0}),
                             ([hook({x: 1.0})], {x: 1.0, y: 2.0, z: 4.0})):
            with tf.train.SingularMonitoredSession(hooks=hooks) as sess:
                results.append(failure(lambda: results.append(float(sess.run(total, feeds)))))
        return [text.split(" Conflict")[0] if isinstance(text, str) else text for text in results]

    assert same(script, tmp_path) == [
        7.0, None, 7.0, None, 7.0, None, "RuntimeError: Same tensor is fed by two hooks.",
        "RuntimeError: Same tensor is fed by a SessionRunHook and user."]


def test_run_options_are_merged_and_handed_on(tmp_path):
    def script(tf, folder):
        seen = []

        class Hook(tf.train.SessionRunHook):
            def __init__(self, **options):
                self.options = tf.RunOptions(**options)

            def before_run(self, run_context):
                fetches, feeds, options = run_context.original_args
                seen.append([getattr(fetches, "name", fetches), feeds, options])
                return tf.train.SessionRunArgs(None, None, self.options)

            def after_run(self, run_context, run_values):
                options = run_values.options
                seen.append([options.trace_level, options.timeout_in_ms,
                             options.output_partition_graphs, run_values.results,
                             type(run_values.run_metadata).__name__])

        one = tf.constant(1.0, name="one")
        hooks = [Hook(timeout_in_ms=60000), Hook(output_partition_graphs=True, timeout_in_ms=5)]
        with tf.train.SingularMonitoredSession(hooks=hooks) as sess:
            metadata = tf.RunMetadata()
            sess.run(one, options=tf.RunOptions(timeout_in_ms=50000), run_metadata=metadata)
            sess.run("one:0")
        return [str(part) for part in seen]

    assert "[0, 60000, True, None, 'RunMetadata']" in same(script, tmp_path)


def test_step_functions(tmp_path):
    def script(tf, folder):
        record = Recorder()
        x = tf.placeholder(tf.float32, [])
        double = x * 2

        def step(step_context):
            without = float(step_context.session.run(double, {x: 1.0}))
            return [without, float(step_context.run_with_hooks(double, feed_dict={x: 2.0}))]

        def stop(step_context):
            step_context.request_stop()

        class Method:
            def step(self, step_context):
                return step(step_context)

        def with_more(step_context, more):
            return [more, step_context.session is not None]

        results = []
        with tf.train.MonitoredSession(hooks=[record.hook(tf, "a")]) as sess:
            results += [sess.run_step_fn(step), sess.run_step_fn(Method().step),
                        sess.run_step_fn(functools.partial(with_more, more=3))]
            results += [failure(sess.run_step_fn, wrong)[:30] for wrong in (
                lambda: None, lambda context: None, lambda step_context, more: None)]
            sess.run_step_fn(stop)
        return [results, record.calls, sess.should_stop()]

    results, calls, _ = same(script, tmp_path)
    assert results[0] == results[1] == [2.0, 4.0] and results[2] == [3, True]
    assert calls[-1] == "a.end True"


def test_a_step_function_is_called_again_when_the_session_is_lost(tmp_path):
    def script(tf, folder):
        _, train_op = counting_model(tf)
        step = tf.train.get_global_step()
        attempts = []

        def step_fn(step_context):
            attempts.append(step_context)
            step_context.run_with_hooks(train_op)
            if len(attempts) == 1:
                raise tf.errors.AbortedError(None, None, "lost")
            return int(step_context.run_with_hooks(step))

        with tf.train.MonitoredSession() as sess:
            return [sess.run_step_fn(step_fn), len(attempts)]

    assert same(script, tmp_path) == [1, 2]


def test_a_step_function_that_is_called_again_has_the_new_session():
    tf = tensorkeep
    with tf.Graph().as_default():
        one = tf.constant(1.0)
        sessions = []

        def step_fn(step_context):
            sessions.append(step_context.session)
            if len(sessions) == 1:
                raise tf.errors.AbortedError(None, None, "lost")
            return float(step_context.session.run(one))

        with tf.train.MonitoredSession() as sess:
            assert sess.run_step_fn(step_fn) == 1.0
    assert sessions[0] is not sessions[1]


def test_the_session_within(tmp_path):
    def script(tf, folder):
        _, train_op = counting_model(tf)
        saver = tf.train.Saver()
        sess = tf.train.SingularMonitoredSession()
        sess.run(train_op)
        path = saver.save(sess.raw_session(), os.path.join(folder, "model"))
        sess.close()
        with tf.train.SingularMonitoredSession(checkpoint_filename_with_path=path) as again:
            found = int(again.run("global_step:0"))
        return [path, found, sess.raw_session(), files(folder)]

    assert same(script, tmp_path)[1] == 1


def test_scaffold_by_default(tmp_path):
    def script(tf, folder):
        counting_model(tf)
        tf.get_variable("local", [], initializer=tf.zeros_initializer(),
                        collections=[tf.GraphKeys.LOCAL_VARIABLES])
        tf.summary.scalar("s", tf.constant(1.0))
        scaffold = tf.train.Scaffold()
        empty = [scaffold.init_op, scaffold.init_fn, scaffold.ready_op, scaffold.saver]
        again = scaffold.finalize()
        graph = tf.get_default_graph()
        keys = tf.GraphKeys
        return [empty, again is scaffold, graph.finalized, graph_text(tf), [
            graph.get_collection(key)[0] == value for key, value in (
                (keys.INIT_OP, scaffold.init_op), (keys.READY_OP, scaffold.ready_op),
                (keys.READY_FOR_LOCAL_INIT_OP, scaffold.ready_for_local_init_op),
                (keys.LOCAL_INIT_OP, scaffold.local_init_op),
                (keys.SUMMARY_OP, scaffold.summary_op), (keys.SAVERS, scaffold.saver))]]

    assert same(script, tmp_path)[4] == [True] * 6


def test_scaffold_as_given_and_copied(tmp_path):
    def script(tf, folder):
        x = tf.get_variable("x", [], initializer=tf.zeros_initializer())
        fed = tf.placeholder(tf.float32, [])
        calls = []

        def init_fn(scaffold, sess):
            calls.append([scaffold is copy, float(sess.run(x))])

        first = tf.train.Scaffold(
            init_op=tf.assign(x, fed), init_feed_dict={fed: 3.0}, init_fn=init_fn,
            local_init_op=tf.assign_add(x, fed * 2), local_init_feed_dict={fed: 2.0},
            saver=tf.train.Saver())
        copy = tf.train.Scaffold(copy_from_scaffold=first, summary_op=tf.constant("s"))
        record = [failure(tf.train.Scaffold, copy_from_scaffold="first"),
                  copy.init_op is first.init_op, copy.saver is first.saver, first.summary_op]
        with tf.train.MonitoredSession(tf.train.ChiefSessionCreator(copy)) as sess:
            record.append(float(sess.run(x)))
        return record + [calls]

    assert same(script, tmp_path)[4:] == [7.0, [[True, 3.0]]]


def test_scaffold_with_several_to_choose_from(tmp_path):
    def script(tf, folder):
        for _ in range(2):
            tf.add_to_collection(tf.GraphKeys.INIT_OP, tf.no_op())
        error = failure(tf.train.Scaffold().finalize)
        made = tf.train.Scaffold.get_or_default("x", "xs", lambda: tf.constant(1.0, name="made"))
        again = tf.train.Scaffold.get_or_default("x", "xs", lambda: tf.constant(2.0))
        none = tf.train.Scaffold.get_or_default("y", "ys", lambda: None)
        return [error.split(":")[0], made is again, made.op.name, none,
                tf.get_collection("ys")]

    assert same(script, tmp_path)[0] == "RuntimeError"


def test_scaffold_refuses_a_checkpoint():
    tf = tensorkeep
    with tf.Graph().as_default():
        with pytest.raises(tf.errors.UnimplementedError, match="give it a Saver"):
            tf.train.Scaffold(saver=tf.train.Checkpoint()).finalize()


def test_queue_runners(tmp_path):
    def script(tf, folder):
        start = tf.train.start_queue_runners
        record = [failure(start), failure(start, "not a session")[:40]]
        with logs(tf), tf.Session() as sess:
            record += [start(), start(sess), start(sess=sess, coord=tf.train.Coordinator())]
        with tf.train.MonitoredSession() as sess:
            record.append(start(sess))
        return record

    assert same(script, tmp_path)[2:] == [[]] * 4


def test_queue_runners_that_are_there_are_refused():
    tf = tensorkeep
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.add_to_collection(tf.GraphKeys.QUEUE_RUNNERS, tf.no_op())
        with pytest.raises(tf.errors.UnimplementedError, match="1 queue runners"):
            tf.train.start_queue_runners(sess)
        with pytest.raises(tf.errors.UnimplementedError, match="1 queue runners"):
            tf.train.MonitoredSession()


def test_a_session_of_which_a_hook_makes_nothing_is_closed():
    tf, kept = tensorkeep, []

    class Hook(tf.train.SessionRunHook):
        def after_create_session(self, session, coord):
            kept.append(session)
            raise ValueError("not with me")

    with tf.Graph().as_default():
        one = tf.constant(1.0)
        with pytest.raises(ValueError, match="not with me"):
            tf.train.MonitoredSession(hooks=[Hook()])
        with pytest.raises(RuntimeError, match="closed"):
            kept[0].run(one)


def test_there_are_no_servers_to_connect_to():
    tf = tensorkeep
    for make in (tf.train.MonitoredTrainingSession, tf.train.SingularMonitoredSession):
        with tf.Graph().as_default():
            with pytest.raises(tf.errors.UnimplementedError, match="master='grpc://host:1'"):
                make(master="grpc://host:1")
