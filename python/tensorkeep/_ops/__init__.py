"""What is composed of other operations in Python. Public names are found through `tensorkeep._api`."""
