"""What a graph's collections and variables hold may hold the graph: the collector frees both, not sooner."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest

import test_references
import tensorkeep as tf
from tensorkeep.python.training.saving.saveable_object import SaveableObject, SaveSpec


class Kept(list):
    """A list that can be referred to weakly."""


def all_died(*refs):
    gc.collect()
    return all(ref() is None for ref in refs)


def variable():
    return tf.Variable(1.0, name="v")


def trained():
    optimizer = tf.train.AdamOptimizer(0.1)
    step = optimizer.minimize(tf.square(variable()), tf.train.get_or_create_global_step())
    return optimizer, step


def entered_session():
    with tf.Session() as sess:
        return sess


def started_generator():
    def scopes():
        with tf.get_default_graph().as_default(), tf.name_scope("a"), tf.variable_scope("b"):
            yield tf.constant(1.0)
    generator = scopes()
    next(generator)
    return generator


class OwnVariable(tf.Variable):
    """A variable with attributes."""


def own_variable():
    own = OwnVariable(2.0)
    own.itself = own
    return own


class Stateful(SaveableObject):
    """Saves a variable by a function."""

    def __init__(self, v):
        super().__init__(v.value(), [SaveSpec(v.value, "", "v", tf.float32, "")], "v")
        self.v = v

    def restore(self, restored_tensors, restored_shapes):
        return self.v.assign(restored_tensors[0])


def saveable():
    made = Stateful(variable())
    tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, made)
    return made


def saver_in_collection():
    saver = tf.train.Saver([Stateful(variable())])
    tf.add_to_collection(tf.GraphKeys.SAVERS, saver)
    return saver


def constrained():
    limit = tf.constant(1.0)
    return tf.Variable(2.0, constraint=lambda value: tf.minimum(value, limit))


def got_constrained():
    limit = tf.constant(1.0)
    return tf.get_variable("got", [], constraint=lambda value: tf.minimum(value, limit),
                           regularizer=lambda value: value * limit)


def partitioned():
    return tf.get_variable("whole", [4], partitioner=tf.fixed_size_partitioner(2))


HOLDERS = [
    lambda: tf.constant(1.0), lambda: tf.constant(1.0).op, tf.get_default_graph, tf.Session,
    entered_session, tf.InteractiveSession, variable, own_variable, partitioned, trained,
    lambda: tf.Variable(1.0, use_resource=True).assign_add(1.0), saveable, saver_in_collection,
    lambda: tf.train.Saver([variable()]), constrained, got_constrained, started_generator,
    lambda: tf.get_default_graph().name_scope("a"), lambda: tf.get_default_graph().as_default(),
    lambda: tf.constant(1.0).get_shape, lambda: tf.IndexedSlices(tf.ones([1]), tf.constant([0])),
    lambda: tf.get_default_graph().get_collection, tf.get_variable_scope]


@pytest.mark.parametrize("make", HOLDERS)
def test_an_object_in_a_collection_may_hold_its_graph(make):
    with tf.Graph().as_default() as graph:
        kept = Kept([make()])
        if isinstance(kept[0], tf.InteractiveSession):
            kept[0].close()
        tf.add_to_collection("kept", kept)
    died = [weakref.ref(graph), weakref.ref(kept)]
    gc.collect()
    assert [ref() for ref in died] == [graph, kept]
    assert graph.get_collection("kept") == [kept]
    del graph, kept
    assert all_died(*died)


@pytest.mark.parametrize("make", [constrained, got_constrained, saveable, saver_in_collection])
def test_functions_and_saveables_may_hold_their_graph(make):
    with tf.Graph().as_default() as graph:
        make()
    died = weakref.ref(graph)
    del graph
    assert all_died(died)


def test_the_constraint_is_the_very_function():
    with tf.Graph().as_default():
        def limited(value):
            return tf.minimum(value, 1.0)
        assert tf.Variable(2.0, constraint=limited).constraint is limited


def test_the_default_graph_is_freed_when_another_takes_its_place():
    tf.reset_default_graph()
    kept = Kept([tf.constant(1.0)])
    tf.add_to_collection("kept", kept)
    died = weakref.ref(kept)
    del kept
    assert not all_died(died)  # only C++ has the graph
    assert tf.get_collection("kept")[0][0].name == "Const:0"
    tf.reset_default_graph()
    assert all_died(died)


@pytest.mark.parametrize("owner", [
    tf.Session, lambda: tf.constant(2.0), lambda: tf.constant(2.0).op, variable, tf.get_default_graph,
    lambda: tf.get_default_graph().name_scope("a"), started_generator,
    lambda: tf.train.Checkpoint(v=variable()).restore(None)])
def test_a_graph_that_lives_on_keeps_what_it_has(owner):
    with tf.Graph().as_default():
        tensor = tf.constant(1.0)
        kept = Kept([tensor])
        tf.add_to_collection("kept", kept)
        constrained()
        only = owner()
    died = [weakref.ref(kept), weakref.ref(tensor)]
    del tensor, kept
    for _ in range(3):
        assert not all_died(*died)
    assert died[0]()[0] is died[1]()
    graph = died[1]().graph
    assert graph.get_collection("kept")[0] is died[0]()
    with graph.as_default():
        step = tf.train.GradientDescentOptimizer(0.5).minimize(
            tf.square(tf.trainable_variables()[0]))  # calls the constraint
    with tf.Session(graph=graph) as sess:
        assert sess.run(died[1]()) == 1.0 and step.graph is graph
    del graph, step, sess, only
    assert all_died(*died)


def test_a_session_runs_after_all_else_is_gone():
    with tf.Graph().as_default():
        sess = tf.Session()
        tf.add_to_collection("kept", Kept([sess, tf.constant(5.0, name="five")]))
    gc.collect()
    assert sess.run("five:0") == 5.0
    assert sess.graph.get_collection("kept")[0][0] is sess
    died = weakref.ref(sess)
    del sess
    assert all_died(died)


class OwnGraph(tf.Graph):
    """A graph of a program's own class."""

    def __init__(self, purpose):
        super().__init__()
        self.purpose = purpose


def test_a_graph_of_a_derived_class():
    graph = OwnGraph("test")
    with graph.as_default() as entered:
        assert entered is graph is tf.get_default_graph()
        x = tf.constant(1.0)
        assert x.graph is graph and graph.purpose == "test"
        graph.add_to_collection("kept", Kept([graph]))
    died = weakref.ref(graph)
    del graph, entered
    gc.collect()
    assert x.graph.purpose == "test"
    del x
    assert all_died(died)
    with pytest.raises(TypeError):
        tf.Graph(1)
    with pytest.raises(TypeError):
        tf.Graph.__new__(int)


class Meddler:
    """Runs the collector, and changes the collection, when it ends."""

    def __init__(self, graph, ended):
        self.graph, self.ended = graph, ended

    def __del__(self):
        gc.collect()
        self.graph.add_to_collection("kept", Kept([self.graph]))
        self.ended.append(len(self.graph.get_collection("kept")))


def test_a_collection_is_changed_while_it_is_cleared():
    graph, ended = tf.Graph(), []
    for _ in range(20):
        graph.add_to_collection("kept", Meddler(graph, ended))
    graph.clear_collection("kept")
    assert ended == list(range(1, 21))
    assert len(graph.get_collection("kept")) == 20


class Named:
    """Its name changes the collection that is being read."""

    def __init__(self, graph):
        self.graph = graph

    @property
    def name(self):
        """Adds more than the list has place for."""
        for _ in range(100):
            self.graph.add_to_collection("kept", object())
        gc.collect()
        return "a"


def test_a_collection_is_changed_while_it_is_read():
    graph = tf.Graph()
    for _ in range(10):
        graph.add_to_collection("kept", Named(graph))
    assert len(graph.get_collection("kept", "a")) == 10
    assert len(graph.get_collection("kept")) >= 1010
    died = weakref.ref(graph)
    del graph
    assert all_died(died)


class Rescued(Kept):
    """Saves itself when it is to be freed."""

    saved = []

    def __del__(self):
        Rescued.saved.append(tf.Session(graph=self[0].graph) if self[1] else self)


@pytest.mark.parametrize("by_session", [False, True])
def test_what_is_rescued_is_whole(by_session):
    with tf.Graph().as_default() as graph:
        graph.add_to_collection("kept", Rescued([tf.constant(7.0, name="seven"), by_session]))
        graph.add_to_collection("kept", Kept([graph]))
    died = weakref.ref(graph)
    del graph
    gc.collect()
    (saved,) = Rescued.saved
    graph = saved.graph if by_session else saved[0].graph
    assert graph.get_collection("kept")[0][0].name == "seven:0"
    assert graph.get_collection("kept")[1][0] is graph
    with tf.Session(graph=graph) as sess:
        assert sess.run("seven:0") == 7.0
    del graph, saved, sess
    Rescued.saved.clear()
    assert all_died(died)


def test_the_collector_runs_in_another_thread():
    stop = threading.Event()

    def collect():
        while not stop.is_set():
            gc.collect()

    collector = threading.Thread(target=collect)
    collector.start()
    try:
        died = []
        for _ in range(30):
            with tf.Graph().as_default() as graph, tf.Session() as sess:
                kept = [Kept([tf.constant(float(i)), sess]) for i in range(10)]
                for item in kept:
                    tf.add_to_collection("kept", item)
                died.append(weakref.ref(kept[0]))
                del kept
                found = graph.get_collection("kept")
                assert sess.run([item[0] for item in found]) == [float(i) for i in range(10)]
                graph.clear_collection("kept")
                tf.add_to_collection("kept", found[0])
                del found
    finally:
        stop.set()
        collector.join()
    del graph, sess, item
    assert all_died(*died)


def test_under_pythons_debug_allocator():
    done = test_references.run_python(
        ["-X", "dev", "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__, "-k",
         "not allocator"], PYTHONMALLOC="debug")
    assert " passed" in done.stdout
