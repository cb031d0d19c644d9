"""The modules of messages: in which of TensorFlow's folders the file of each name is."""

MESSAGES = {
    "core.example": "example feature",
    "core.framework": """
        allocation_description attr_value cost_graph device_attributes full_type function graph
        graph_debug_info node_def op_def resource_handle step_stats summary tensor
        tensor_description tensor_shape tensor_slice types variable versions
        """,
    "core.lib.core": "error_codes",
    "core.protobuf": """
        cluster config control_flow error_codes meta_graph queue_runner rewriter_config saved_model
        saved_object_graph saver struct tensor_bundle tensorflow_server trackable_object_graph
        """,
    "core.util": "event saved_tensor_slice test_log",
    "python.training": "checkpoint_state",
}
