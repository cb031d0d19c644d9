"""Summaries: scalars, histograms, the graph, written to an event file."""
import tensorflow as tf

x = tf.placeholder(tf.float32, [3], name="x")
with tf.name_scope("stats"):
    mean = tf.summary.scalar("mean", tf.reduce_mean(x))
    tf.summary.scalar("mean", tf.reduce_max(x))
histogram = tf.summary.histogram("values", x)
text = tf.summary.scalar("plain", x[0], collections=["mine"])
merged = tf.summary.merge_all()
some = tf.summary.merge([mean, text])
print(mean.name, histogram.name, merged.name, tf.get_collection("mine") == [text])
print([t.op.type for t in tf.get_collection(tf.GraphKeys.SUMMARIES)])
print(tf.summary.merge_all("nothing"))
with tf.Session() as sess:
    writer = tf.summary.FileWriter("logs", sess.graph)
    for step in range(3):
        value = sess.run(merged, {x: [step, 1.0, 2.5]})
        writer.add_summary(value, step)
    parsed = tf.Summary.FromString(value)
    print([(v.tag, round(v.simple_value, 4)) for v in parsed.value])
    print(parsed.value[-1].histo.num, parsed.value[-1].histo.sum, parsed.value[-1].histo.max)
    by_hand = tf.Summary(value=[tf.Summary.Value(tag="by/hand", simple_value=0.5)])
    writer.add_summary(by_hand, 7)
    writer.flush()
    writer.close()
    print([v.tag for v in tf.Summary.FromString(sess.run(some, {x: [1, 2, 3]})).value])
events = tf.gfile.Glob("logs/events.out.tfevents.*")
print(len(events))
for event in tf.train.summary_iterator(events[0]):
    print(event.step, event.WhichOneof("what"), [v.tag for v in event.summary.value])
