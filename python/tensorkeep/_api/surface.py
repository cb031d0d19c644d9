"""The public modules: `tf`, `tf.nn`, `tf.train` and the like. `_api` explains the notation."""

SURFACE = {
    "": """
        Graph GraphKeys Operation Tensor Variable VariableScope VariableSynchronization
        VariableAggregation IndexedSlices AUTO_REUSE AggregationMethod UnconnectedGradients
        add_to_collection add_to_collections get_collection get_collection_ref get_default_graph
        reset_default_graph name_scope control_dependencies device colocate_with

        global_variables all_variables local_variables model_variables trainable_variables
        moving_average_variables variables_initializer global_variables_initializer
        local_variables_initializer initialize_all_variables report_uninitialized_variables
        is_variable_initialized get_variable get_local_variable variable_scope get_variable_scope
        create_partitioned_variables fixed_size_partitioner variable_axis_size_partitioner
        min_max_variable_partitioner no_regularizer
        assign assign_add assign_sub scatter_update scatter_add scatter_sub

        placeholder placeholder_with_default constant identity identity_n stop_gradient
        zeros ones fill zeros_like ones_like shape size rank shape_n reshape expand_dims squeeze
        transpose broadcast_to bitcast concat split stack unstack slice strided_slice gather
        gather_nd scatter_nd one_hot where where_v2 boolean_mask tile pad reverse invert_permutation
        diag diag_part matrix_band_part dynamic_partition dynamic_stitch space_to_batch_nd
        batch_to_space_nd unique newaxis=None

        abs acos acosh add add_n accumulate_n angle arg_max arg_min argmax argmin asin asinh atan
        atan2 atanh cast ceil clip_by_value clip_by_norm complex conj cos cosh cumprod cumsum digamma
        div div_no_nan divide equal erf erfc exp expm1 floor floor_div floordiv floormod greater
        greater_equal imag is_finite is_inf is_nan less less_equal lgamma linspace
        lin_space=linspace log log1p logical_and logical_not logical_or logical_xor matmul maximum
        minimum mod multiply negative not_equal pow range real realdiv reciprocal reduce_all
        reduce_any reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod reduce_sum rint
        round rsqrt scalar_mul segment_sum sigmoid sign sin sinh sqrt square squared_difference
        subtract tan tanh to_bfloat16 to_double to_float to_int32 to_int64 truediv truncatediv
        truncatemod unsorted_segment_sum gradients import_graph_def

        Assert assert_equal no_op group tuple cond case while_loop
        set_random_seed get_seed random_uniform random_normal truncated_normal random_shuffle
        zeros_initializer ones_initializer constant_initializer random_uniform_initializer
        random_normal_initializer truncated_normal_initializer
        variance_scaling_initializer glorot_uniform_initializer glorot_normal_initializer
        uniform_unit_scaling_initializer

        _client.session: Session InteractiveSession get_default_session

        _framework.dtypes: DType as_dtype float16 half bfloat16 float32 float64 double int8 int16
        int32 int64 uint8 uint16 uint32 uint64 complex64 complex128 bool string resource variant
        qint8 quint8 qint16 quint16 qint32 QUANTIZED_DTYPES
        _framework.tensor_shape: TensorShape Dimension dimension_value dimension_at_index
        _framework.tensor_util: make_tensor_proto make_ndarray
        _framework.errors: OpError

        _framework.protos: AttrValue ConfigProto Event GPUOptions GraphDef GraphOptions
        HistogramProto LogMessage MetaGraphDef NameAttrList NodeDef OptimizerOptions RunMetadata
        RunOptions SessionLog Summary SummaryMetadata TensorInfo




        _platform.versions: VERSION GIT_VERSION COMPILER_VERSION GRAPH_DEF_VERSION
        GRAPH_DEF_VERSION_MIN_CONSUMER GRAPH_DEF_VERSION_MIN_PRODUCER
        _platform.behavior: disable_v2_behavior disable_eager_execution
        disable_control_flow_v2 enable_control_flow_v2 control_flow_v2_enabled
        disable_v2_tensorshape enable_v2_tensorshape disable_tensor_equality
        enable_resource_variables disable_resource_variables resource_variables_enabled
        executing_eagerly executing_eagerly_outside_functions
        """,
    "compat.v1": "tf: *",
    "nn": """
        relu relu6 elu selu softplus softsign leaky_relu softmax log_softmax bias_add xw_plus_b
        l2_loss moments batch_normalization fused_batch_norm l2_normalize zero_fraction
        embedding_lookup softmax_cross_entropy_with_logits softmax_cross_entropy_with_logits_v2
        sparse_softmax_cross_entropy_with_logits sigmoid_cross_entropy_with_logits dropout in_top_k
        conv2d conv2d_backprop_input conv2d_backprop_filter depthwise_conv2d
        depthwise_conv2d_native max_pool avg_pool sigmoid tanh
        """,
    "math": """
        tf: abs accumulate_n acos acosh add add_n angle argmax argmin asin asinh atan atan2 atanh
        ceil conj cos cosh cumprod cumsum digamma divide divide_no_nan=div_no_nan equal erf erfc
        exp expm1 floor floordiv floormod greater greater_equal imag invert_permutation is_finite
        is_inf is_nan less less_equal lgamma log log1p logical_and logical_not logical_or
        logical_xor maximum minimum mod multiply negative not_equal pow real reciprocal reduce_all
        reduce_any reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod reduce_sum rint
        round rsqrt scalar_mul segment_sum sigmoid sign sin sinh sqrt square squared_difference
        subtract tan tanh truediv unsorted_segment_sum
        nn: in_top_k l2_normalize log_softmax softmax softplus softsign zero_fraction
        """,
    "linalg": """
        tf: band_part=matrix_band_part matmul transpose tensor_diag=diag tensor_diag_part=diag_part
        nn: l2_normalize
        """,
    "manip": """
        tf: batch_to_space_nd gather_nd reshape reverse scatter_nd space_to_batch_nd tile
        """,
    "bitwise": "invert",
    "random": """
        tf: uniform=random_uniform normal=random_normal truncated_normal shuffle=random_shuffle
        set_random_seed get_seed
        """,
    "debugging": """
        tf: Assert assert_equal is_finite is_inf is_nan
        """,
    "dtypes": """
        _framework.dtypes: DType as_dtype float16 half bfloat16 float32 float64 double int8 int16
        int32 int64 uint8 uint16 uint32 uint64 complex64 complex128 bool string resource variant
        qint8 quint8 qint16 quint16 qint32 QUANTIZED_DTYPES
        tf: cast complex
        """,
    "initializers": """
        tf: zeros=zeros_initializer ones=ones_initializer constant=constant_initializer
        random_uniform=random_uniform_initializer random_normal=random_normal_initializer
        truncated_normal=truncated_normal_initializer
        variance_scaling=variance_scaling_initializer glorot_uniform=glorot_uniform_initializer
        glorot_normal=glorot_normal_initializer uniform_unit_scaling=uniform_unit_scaling_initializer
        global_variables=global_variables_initializer local_variables=local_variables_initializer
        variables=variables_initializer
        _core: lecun_normal lecun_uniform he_normal he_uniform
        """,
    "train": """
        Saver NewCheckpointReader load_checkpoint load_variable list_variables init_from_checkpoint
        latest_checkpoint checkpoint_exists get_checkpoint_mtimes remove_checkpoint
        get_checkpoint_state update_checkpoint_state generate_checkpoint_state_proto
        export_meta_graph import_meta_graph write_graph ExponentialMovingAverage
        get_global_step create_global_step get_or_create_global_step global_step

        Optimizer GradientDescentOptimizer MomentumOptimizer AdamOptimizer RMSPropOptimizer
        AdagradOptimizer AdadeltaOptimizer FtrlOptimizer

        exponential_decay natural_exp_decay inverse_time_decay polynomial_decay cosine_decay
        cosine_decay_restarts linear_cosine_decay piecewise_constant
        piecewise_constant_decay=piecewise_constant

        _framework.protos: SaverDef BytesList FloatList Int64List Feature Features FeatureList
        FeatureLists Example SequenceExample
        """,
    "errors": "_framework.errors: *",
    "graph_util": """
        convert_variables_to_constants extract_sub_graph remove_training_nodes must_run_on_cpu
        tensor_shape_from_node_def_name
        _framework.importer: import_graph_def
        """,
    "losses": """
        get_regularization_losses get_regularization_loss
        """,
    "gfile": """
        _platform.gfile: GFile FastGFile Open Exists IsDirectory ListDirectory MkDir MakeDirs Remove
        Rename Copy DeleteRecursively Glob Walk Stat
        """,
    "io": """
        train: write_graph
        """,
    "io.gfile": """
        _platform.gfile: GFile copy exists glob isdir listdir makedirs mkdir remove rename rmtree
        stat walk join
        """,
    "logging": "_platform.tf_logging: *",
    "app": "_platform.app: run  tf: flags",
    "flags": "_platform.flags: *",
    "test": "_platform.test: *",
    "resource_loader": "_platform.resource_loader: *",
    "compat": """
        _platform.compat: as_bytes as_text as_str as_str_any path_to_str bytes_or_text_types
        complex_types integral_types real_types forward_compatible
        _framework.tensor_shape: dimension_value dimension_at_index
        """,
    "version": """
        _platform.versions: VERSION GIT_VERSION COMPILER_VERSION GRAPH_DEF_VERSION
        GRAPH_DEF_VERSION_MIN_CONSUMER GRAPH_DEF_VERSION_MIN_PRODUCER
        """,
    "contrib.layers": """
        l1_regularizer l2_regularizer
        _core: xavier_initializer
        """,
}
