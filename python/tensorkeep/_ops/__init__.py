"""What is composed of other operations in Python. `tensorkeep._api` makes names of it public."""
