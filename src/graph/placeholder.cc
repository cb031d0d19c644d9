namespace tensorkeep {}
