"""Summaries: operations that make them, and the event files that TensorBoard reads."""
