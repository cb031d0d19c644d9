"""The inner paths that old programs import from. `_api` explains the notation."""

PATHS = {
    "python.framework.ops": """
        tf: Graph GraphKeys Operation Tensor name_scope control_dependencies device colocate_with
        get_default_graph reset_default_graph add_to_collection add_to_collections get_collection
        get_collection_ref get_default_session IndexedSlices
        """,
}
