"""TensorFlow 1's graphs, sessions and checkpoints: `import tensorkeep as tf`."""

from tensorkeep import _namespaces

__version__ = "0.1.0"

install_as_tensorflow = _namespaces.install_as_tensorflow

_namespaces.install()
__getattr__, __dir__ = _namespaces.attach("", globals())
