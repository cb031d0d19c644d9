"""State files that are damaged, or whose folder was moved, or that are to lie elsewhere."""
import os

import tensorflow as tf

# deviation 4: want 'moved: None' got 'moved: new/m'
# deviation 3: want 'damaged: None' got 'damaged: DataLossError'
# deviation 5: want 'elsewhere: True' got 'elsewhere: ValueError'

os.makedirs("old")
v = tf.Variable(1.0, name="v")
with tf.Session() as sess:
    sess.run(v.initializer)
    tf.train.Saver().save(sess, os.path.abspath("old/m"))
os.rename("old", "new")
latest = tf.train.latest_checkpoint("new")
print("moved:", latest and os.path.relpath(latest))
with open("new/checkpoint", "w") as f:
    f.write("model_checkpoint_path: no quotes")
try:
    print("damaged:", tf.train.get_checkpoint_state("new"))
except tf.errors.DataLossError as e:
    print("damaged:", type(e).__name__)
try:
    tf.train.update_checkpoint_state("new", "new/m", latest_filename="../other")
    print("elsewhere:", os.path.exists("other"))
except ValueError as e:
    print("elsewhere:", type(e).__name__)
for name in os.listdir("."):
    if os.path.isfile(name):
        os.remove(name)
