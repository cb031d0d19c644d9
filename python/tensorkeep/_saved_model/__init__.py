"""`tf.saved_model`: what is not in the extension."""
