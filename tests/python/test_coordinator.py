"""Coordinator and LooperThread beside TensorFlow's."""

import sys
import threading

import pytest
import tensorkeep
from training_scripts import failure, logs, same


def start(*targets):
    threads = [threading.Thread(target=target, name=f"thread-{i}", daemon=True)
               for i, target in enumerate(targets)]
    for thread in threads:
        thread.start()
    return threads


def test_threads_stop_together(tmp_path):
    def script(tf, folder):
        coord = tf.train.Coordinator()
        before = [coord.should_stop(), coord.joined, coord.wait_for_stop(0)]
        threads = start(*[coord.wait_for_stop] * 3, coord.request_stop)
        coord.register_thread(threads[0])
        coord.join(threads[1:])
        return [before, coord.should_stop(), coord.joined, coord.wait_for_stop(),
                [thread.is_alive() for thread in threads]]

    assert same(script, tmp_path)[1:4] == [True, True, True]


def test_threads_that_end_by_themselves_need_no_stop(tmp_path):
    def script(tf, folder):
        coord = tf.train.Coordinator()
        coord.join(start(lambda: None, lambda: None))
        coord.join()
        return coord.should_stop()

    assert same(script, tmp_path) is False


@pytest.mark.parametrize("how", ["exception", "exc_info", "context", "looper"])
def test_the_first_exception_is_raised_by_join(tmp_path, how):
    def script(tf, folder):
        coord = tf.train.Coordinator()

        def fail():
            raise ValueError("first")

        def report():
            if how == "looper":
                tf.train.LooperThread(coord, None, target=fail).run()
            elif how == "context":
                with coord.stop_on_exception():
                    fail()
            else:
                try:
                    fail()
                except ValueError as error:
                    coord.request_stop(error if how == "exception" else sys.exc_info())

        before = failure(coord.raise_requested_exception)
        with logs(tf) as lines:
            report()
            try:
                raise KeyError("second")
            except KeyError as error:
                coord.request_stop(error)
        return [before, failure(coord.raise_requested_exception), failure(coord.join),
                coord.should_stop(), [line for line in lines if "first" in line][0][:36]]

    assert same(script, tmp_path)[2] == "ValueError: first"


@pytest.mark.parametrize("types", [None, (), (ValueError, StopIteration)])
def test_exceptions_that_stop_cleanly(tmp_path, types):
    def script(tf, folder):
        record = []
        for error in (tf.errors.OutOfRangeError(None, None, "end"), ValueError("value"),
                      StopIteration("stop"), KeyError("key")):
            coord = tf.train.Coordinator(clean_stop_exception_types=types)
            with coord.stop_on_exception():
                raise error
            record.append([coord.should_stop(), failure(coord.join)])
        return record

    assert same(script, tmp_path)[3] == [True, "KeyError: 'key'"]


def test_after_join_an_exception_is_raised_at_once(tmp_path):
    def script(tf, folder):
        coord = tf.train.Coordinator()
        coord.request_stop()
        coord.join()

        def report(as_tuple):
            try:
                raise ValueError("late")
            except ValueError as error:
                coord.request_stop(sys.exc_info() if as_tuple else error)

        late = [failure(report, False), failure(report, True), failure(coord.request_stop)]
        coord.clear_stop()
        return late + [coord.should_stop(), coord.joined, failure(report, False),
                       coord.should_stop(), failure(coord.join)]

    assert same(script, tmp_path)[0] == "ValueError: late"


def test_threads_that_do_not_stop(tmp_path):
    def script(tf, folder):
        release = threading.Event()
        threads = start(release.wait, release.wait)
        record = []
        for ignore in (False, True):
            coord = tf.train.Coordinator()
            coord.request_stop()
            with logs(tf) as lines:
                record.append(failure(coord.join, threads, stop_grace_period_secs=0.01,
                                      ignore_live_threads=ignore))
            record.append([line.split(":")[0] for line in lines])
        coord = tf.train.Coordinator()
        with coord.stop_on_exception():
            raise ValueError("rather than the threads")
        record.append(failure(coord.join, threads, stop_grace_period_secs=0.01))
        release.set()
        return [part if part is None or isinstance(part, list) else
                part.replace("thread-1 thread-0", "thread-0 thread-1") for part in record]

    record = same(script, tmp_path)
    assert record[0].endswith("still running: thread-0 thread-1")
    assert record[3] == ["INFO Coordinator stopped with threads still running"]


@pytest.mark.parametrize("interval", [None, 0])
def test_looper_calls_until_the_stop(tmp_path, interval):
    def script(tf, folder):
        calls = []
        coord = tf.train.Coordinator()

        def target(*args, **kwargs):
            calls.append([list(args), kwargs])
            if len(calls) == 3:
                coord.request_stop()

        looper = tf.train.LooperThread.loop(coord, interval, target, args=(1, 2), kwargs={"a": 3})
        coord.join()
        return [calls, looper.is_alive(), looper.daemon]

    assert same(script, tmp_path)[0] == [[[1, 2], {"a": 3}]] * 3


def test_looper_subclass(tmp_path):
    def script(tf, folder):
        calls = []
        coord = tf.train.Coordinator()

        class Looper(tf.train.LooperThread):
            def start_loop(self):
                calls.append("start")

            def run_loop(self):
                calls.append("run")
                if len(calls) == 3:
                    coord.request_stop()

            def stop_loop(self):
                calls.append("stop")

        Looper(coord, None).start()
        coord.join()
        return calls

    assert same(script, tmp_path) == ["start", "run", "run", "stop"]


def test_wrong_arguments(tmp_path):
    def script(tf, folder):
        looper = tf.train.LooperThread
        coord = tf.train.Coordinator()
        return [failure(looper, "coord", None), failure(looper, coord, None, args=(1,)),
                failure(looper, coord, None, kwargs={"a": 1})]

    assert same(script, tmp_path)[0].startswith("ValueError: 'coord' argument must be")


def test_an_exception_that_was_not_raised_is_reported():
    coord = tensorkeep.train.Coordinator()
    coord.request_stop(ValueError("made here"))
    assert failure(coord.join) == "ValueError: made here"
    coord.clear_stop()
    coord.request_stop((None, None, None))
    assert failure(coord.join).startswith("ValueError: ex must be an exception")


def test_a_thread_does_not_wait_for_itself():
    coord = tensorkeep.train.Coordinator()
    found = []

    def join():
        coord.register_thread(threading.current_thread())
        coord.request_stop()
        found.append(failure(coord.join, stop_grace_period_secs=600))

    start(join)[0].join()
    assert found[0].startswith("RuntimeError: Coordinator stopped with threads still running")
