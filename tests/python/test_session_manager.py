"""SessionManager beside TensorFlow's: what is restored, initialised, waited for, and refused."""

import os

import pytest
import tensorkeep
from training_scripts import clock, failure, files, logs, same, state


def variable(tf, value=1.0):
    return tf.get_variable("v", [], initializer=tf.constant_initializer(value))


def saved(tf, folder, value, saver=None, step=None):
    """A checkpoint of v in the folder."""
    saver = saver or tf.train.Saver()
    with tf.Session() as sess:
        sess.run(tf.get_default_graph().get_tensor_by_name("v/Assign:0"),
                 {"v/Initializer/Const:0": value})
        return saver.save(sess, os.path.join(folder, "model"), global_step=step)


def test_initialised_where_there_is_nothing_to_restore(tmp_path):
    def script(tf, folder):
        v = variable(tf)
        fed = tf.placeholder_with_default(5.0, [])
        order = []
        manager = tf.train.SessionManager(
            local_init_op=tf.assign_add(v, 0.5), ready_op=tf.report_uninitialized_variables(),
            ready_for_local_init_op=tf.report_uninitialized_variables())
        with logs(tf) as lines:
            sess = manager.prepare_session(
                "", init_op=tf.assign(v, fed), init_feed_dict={fed: 7.0}, saver=tf.train.Saver(),
                checkpoint_dir=folder, init_fn=lambda sess: order.append(float(sess.run(v))))
        return [order, float(sess.run(v)), lines]

    assert same(script, tmp_path)[:2] == [[7.0], 7.5]


def test_restored_from_a_folder_or_a_file(tmp_path):
    def script(tf, folder):
        v = variable(tf)
        saver = tf.train.Saver()
        path = saved(tf, folder, 3.0, step=4)
        manager = tf.train.SessionManager(ready_op=tf.report_uninitialized_variables())
        record = []
        for where in ({"checkpoint_dir": folder}, {"checkpoint_filename_with_path": path}):
            sess = manager.prepare_session("", init_op=tf.assign(v, 100.0), saver=saver, **where)
            record.append(float(sess.run(v)))
            with logs(tf) as lines:
                sess, restored = manager.recover_session("", saver=saver, **where)
            record += [float(sess.run(v)), restored, lines]
        record.append(failure(manager.prepare_session, "", saver=saver, checkpoint_dir=folder,
                              checkpoint_filename_with_path=path))
        record.append(failure(manager.prepare_session, "", saver=saver,
                              checkpoint_filename_with_path=path + "0").split(":")[0])
        return record

    assert same(script, tmp_path)[:3] == [3.0, 3.0, True]


def test_retention_goes_on_with_the_folder(tmp_path):
    def script(tf, folder):
        variable(tf)
        saver = tf.train.Saver(max_to_keep=2)
        for step in (1, 2):
            saved(tf, folder, step, saver, step)
        again = tf.train.Saver(max_to_keep=2)
        sess, _ = tf.train.SessionManager().recover_session("", again, checkpoint_dir=folder)
        again.save(sess, os.path.join(folder, "model"), global_step=3)
        return [files(folder), state(tf, folder)]

    assert same(script, tmp_path)[1] == ["<dir>/model-3", ["<dir>/model-2", "<dir>/model-3"]]


def test_what_is_not_ready(tmp_path):
    def script(tf, folder):
        v = variable(tf)
        w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
        saver = tf.train.Saver([v])
        saved(tf, folder, 2.0, saver)
        ready, init = tf.report_uninitialized_variables(), v.initializer
        plain = tf.train.SessionManager(ready_op=ready)
        local = tf.train.SessionManager(ready_op=ready, ready_for_local_init_op=ready,
                                        local_init_op=w.initializer)
        record = [failure(plain.prepare_session, ""),
                  failure(plain.prepare_session, "", init_op=init),
                  failure(local.prepare_session, "", init_op=init)]
        for manager in (plain, local, tf.train.SessionManager(local_init_op=w.initializer),
                        tf.train.SessionManager()):
            with logs(tf) as lines:
                sess, is_ready = manager.recover_session("", saver, checkpoint_dir=folder)
            record.append([float(sess.run(v)), is_ready, lines])
        sess, is_ready = local.recover_session("")
        return record + [is_ready, sess.run(ready).tolist()]

    record = same(script, tmp_path)
    assert record[1].endswith("error: Variables not initialized: w")
    assert [part[1] for part in record[3:7]] == [False, False, True, True]


def test_ready_by_an_operation_that_fails_until_it_is(tmp_path):
    def script(tf, folder):
        v = variable(tf)
        manager = tf.train.SessionManager(ready_op=tf.group(tf.assign_add(v, 0.0)))
        text = failure(manager.prepare_session, "", init_op=tf.no_op())
        sess = manager.prepare_session("", init_op=v.initializer)
        return ["uninitialized" in text, text[:40], float(sess.run(v))]

    assert same(script, tmp_path)[0]


def test_arguments_that_exclude_each_other(tmp_path):
    def script(tf, folder):
        return failure(tf.train.SessionManager, ready_for_local_init_op="op")

    assert same(script, tmp_path).startswith("ValueError: If you pass a ready_for_local_init_op")


def test_waiting_for_a_checkpoint(tmp_path):
    def script(tf, folder):
        v = variable(tf)
        saver = tf.train.Saver()
        manager = tf.train.SessionManager(recovery_wait_secs=10)
        arguments = dict(init_op=v.initializer, saver=saver, checkpoint_dir=folder,
                         wait_for_checkpoint=True, max_wait_secs=35)
        with clock() as time, logs(tf) as lines:
            values = [float(manager.prepare_session("", **arguments).run(v))]
            time.on_sleep = lambda: len(time.sleeps) == 6 and saved(tf, folder, 9.0)
            values.append(float(manager.prepare_session("", **arguments).run(v)))
        return [values, time.sleeps, lines]

    assert same(script, tmp_path)[:2] == [[1.0, 9.0], [10] * 6]


@pytest.mark.parametrize("max_wait_secs", [0, 29, 30, 100, 89.5])
def test_waiting_in_vain(tmp_path, max_wait_secs):
    def script(tf, folder):
        variable(tf)
        manager = tf.train.SessionManager(ready_op=tf.report_uninitialized_variables())
        with clock() as time, logs(tf) as lines:
            text = failure(manager.wait_for_session, "", max_wait_secs=max_wait_secs)
        return [text, time.sleeps, lines]

    assert same(script, tmp_path)[0].startswith("DeadlineExceededError: Session was not ready")


@pytest.mark.parametrize("max_wait_secs", [None, 1000])
def test_waiting_until_it_is_ready(tmp_path, max_wait_secs):
    def script(tf, folder):
        v = variable(tf)
        level = tf.placeholder(tf.float32, [])
        feeds = {level: 0.0}
        manager = tf.train.SessionManager(
            local_init_op=tf.assign(v, level), local_init_feed_dict=feeds,
            ready_op=tf.boolean_mask(tf.constant(["v"]), tf.less(tf.reshape(v, [1]), 2.0)))
        with clock() as time, logs(tf) as lines:
            time.on_sleep = lambda: feeds.update({level: float(len(time.sleeps))})
            sess = manager.wait_for_session("", max_wait_secs=max_wait_secs)
        return [float(sess.run(v)), time.sleeps, lines]

    assert same(script, tmp_path)[:2] == [2.0, [30, 30]]


def test_there_are_no_servers_to_connect_to():
    tf = tensorkeep
    with tf.Graph().as_default():
        manager = tf.train.SessionManager()
        for call in (manager.prepare_session, manager.recover_session, manager.wait_for_session):
            with pytest.raises(tf.errors.UnimplementedError, match="master='grpc://host:1'"):
                call("grpc://host:1")


def test_a_session_that_fails_is_closed():
    tf = tensorkeep
    kept = []
    with tf.Graph().as_default():
        v = variable(tf)

        def init_fn(sess):
            kept.append(sess)
            raise ValueError("not today")

        with pytest.raises(ValueError, match="not today"):
            tf.train.SessionManager().prepare_session("", init_op=v.initializer, init_fn=init_fn)
        with pytest.raises(RuntimeError, match="closed"):
            kept[0].run(v)
