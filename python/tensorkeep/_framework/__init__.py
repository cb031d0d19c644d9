"""Types, shapes, errors and messages: what needs no graph."""
