"""python -m tensorkeep program.py [args]: runs a TensorFlow 1 program on tensorkeep."""

from tensorkeep import _runner

if __name__ == "__main__":
    _runner.main()
