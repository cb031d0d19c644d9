"""Coordinators, session managers, hooks and monitored sessions of TensorFlow 1."""
