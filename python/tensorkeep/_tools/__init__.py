"""TensorFlow's tools for graphs and checkpoints on disk, as functions and as commands."""
