"""Inner paths below `python.framework`, `python.client`, `python.lib`, `core` and the like."""

from tensorkeep._api.messages import MESSAGES

FRAMEWORK = {
    "python.framework.ops": """
        Graph Operation Tensor colocate_with control_dependencies convert_to_tensor device
        get_default_graph name_scope reset_default_graph
        _framework.graph: GraphKeys add_to_collection add_to_collections container get_collection
        get_collection_ref init_scope op_scope
        _framework.indexed_slices: IndexedSlices convert_to_tensor_or_indexed_slices
        _framework.registries: register_tensor_conversion_function RegisterGradient
        NotDifferentiable NoGradient=NotDifferentiable no_gradient=NotDifferentiable
        _client.session: get_default_session
        _framework.registries:
        | get_from_proto_function get_to_proto_function register_proto_function
        _core: internal_convert_to_tensor=convert_to_tensor name_scope_v1=name_scope
        _framework.graph: convert_n_to_tensor get_all_collection_keys get_name_scope
        internal_convert_n_to_tensor=convert_n_to_tensor has_default_graph name_from_scope_name
        prepend_name_scope strip_name_scope
        _platform.behavior: disable_eager_execution executing_eagerly_outside_functions
        """,
    "python.framework.dtypes": """
        _framework.dtypes: DType as_dtype float16 half bfloat16 float32 float64 double int8 int16
        int32 int64 uint8 uint16 uint32 uint64 complex64 complex128 bool string resource variant
        qint8 quint8 qint16 quint16 qint32 QUANTIZED_DTYPES
        | float8_e5m2 float8_e4m3fn float8_e4m3fnuz float8_e4m3b11fnuz float8_e5m2fnuz
        float4_e2m1fn int4 uint4 int2 uint2 float16_ref half_ref bfloat16_ref float32_ref
        float64_ref double_ref int8_ref int16_ref int32_ref int64_ref uint8_ref uint16_ref
        uint32_ref uint64_ref complex64_ref complex128_ref bool_ref string_ref resource_ref
        variant_ref qint8_ref quint8_ref qint16_ref quint16_ref qint32_ref
        """,
    "python.framework.constant_op": "constant | constant_v1=constant _ops.predicates: is_constant",
    "python.framework.graph_util": """
        graph_util: *
        """,
    "python.framework.graph_util_impl": "graph_util: *",
    "python.framework.importer": "import_graph_def",
    "python.framework.meta_graph": "_training.meta_graph: *",
    "python.framework.tensor_shape": """
        _framework.tensor_shape: TensorShape Dimension dimension_value dimension_at_index
        _platform.behavior: disable_v2_tensorshape enable_v2_tensorshape
        | _framework.tensor_shape: as_dimension as_shape unknown_shape scalar vector matrix
        """,
    "python.framework.tensor_util": """
        _framework.tensor_util: make_tensor_proto MakeNdarray constant_value is_tensor
        | constant_value_as_shape is_tf_type ShapeEquals TensorShapeProtoToList
        """,
    "python.framework.errors": "errors: *",
    "python.framework.errors_impl": "errors: *",
    "python.framework.random_seed": "set_random_seed get_seed",
    "python.framework.graph_io": "train: write_graph",
    "python.framework.versions": "_platform.versions: *",
    "python.framework.device": "_framework.device: *",
    "python.framework.function": "",
    "python.framework.tensor": "Tensor",
    "python.framework.indexed_slices": """
        _framework.indexed_slices: IndexedSlices IndexedSlicesValue
        convert_to_tensor_or_indexed_slices
        """,
    "python.framework.sparse_tensor": """
        _framework.sparse_tensor: SparseTensor SparseTensorValue convert_to_tensor_or_sparse_tensor
        | is_sparse
        """,
    "python.framework.smart_cond": "_ops.control_flow: smart_cond smart_constant_value",
    "python.framework.test_util": "_platform.test_util: *",
    "python.client.session": """
        _client.session: Session InteractiveSession
        | BaseSession SessionInterface register_session_run_conversion_functions
        """,
    "python.lib.io.file_io": "_platform.file_io: *",
    "python.platform.app": "app: *",
    "python.platform.flags": "flags: *",
    "python.platform.gfile": "gfile: *",
    "python.platform.googletest": "_platform.test: main get_temp_dir GetTempDir=get_temp_dir",
    "python.platform.resource_loader": "resource_loader: *",
    "python.platform.test": "test: *",
    "python.platform.tf_logging": "logging: * _platform.tf_logging: get_logger",
    "python.pywrap_tensorflow": "_core.train: NewCheckpointReader CheckpointReader",
    "python.util.compat": """
        compat: as_bytes as_text as_str as_str_any path_to_str bytes_or_text_types complex_types
        integral_types real_types
        | _platform.compat: path_to_bytes
        """,
    "python.util.nest": "_framework.nest: *",
    "python.summary.summary": "summary: *",
    "python.summary.writer.writer": "summary: FileWriter",
    "python.summary.writer.event_file_writer": "_summary.event_file: EventFileWriter",
    "python.summary.writer.writer_cache": "summary: FileWriterCache",
    "python.summary.summary_iterator": "_summary.event_file: summary_iterator",
    "python.layers.base": "_layers.base: Layer",
    "python.layers.convolutional": """
        _layers.convolutional: *
        _layers.separable: *
        _layers.transposed: *
        """,
    "python.layers.core": "_layers.core: *",
    "python.layers.layers": "layers: *",
    "python.layers.normalization": "_layers.normalization: *",
    "python.layers.pooling": "_layers.pooling: *",
    "python.tools.freeze_graph": "_tools.freeze_graph: *",
    "python.tools.inspect_checkpoint": "_tools.inspect_checkpoint: *",
    "python.tools.strip_unused_lib": "_tools.strip_unused_lib: *",
    "python.tools.optimize_for_inference_lib": "_tools.optimize_for_inference_lib: *",
    "examples.tutorials.mnist.input_data": "_platform.input_data: *",

    **{f"{folder}.{file}_pb2": "_framework.protos: *"
       for folder, files in MESSAGES.items() for file in files.split()},
}
