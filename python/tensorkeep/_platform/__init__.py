"""What TensorFlow calls its platform: flags, logging, files, tests, and the tutorial's digits."""
