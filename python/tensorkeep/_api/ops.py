"""Inner paths below `python.ops`: the homes of what `tf` and `tf.nn` gather."""

OPS = {
    "python.ops.array_ops": """
        placeholder placeholder_with_default identity identity_n stop_gradient zeros ones fill
        zeros_like ones_like shape size rank shape_n reshape expand_dims squeeze transpose
        broadcast_to bitcast concat split stack unstack slice strided_slice gather gather_nd
        scatter_nd one_hot where where_v2 boolean_mask tile pad reverse reverse_v2=reverse
        invert_permutation diag diag_part matrix_band_part space_to_batch_nd batch_to_space_nd
        unique newaxis=None
        _ops.manip_ops: ensure_shape guarantee_const parallel_stack tensor_scatter_nd_add
        tensor_scatter_nd_max tensor_scatter_nd_min tensor_scatter_nd_sub tensor_scatter_nd_update
        tensor_scatter_add=tensor_scatter_nd_add tensor_scatter_sub=tensor_scatter_nd_sub
        tensor_scatter_update=tensor_scatter_nd_update
        _ops.search_ops: searchsorted unravel_index
        _ops.image_patches: extract_image_patches
        _ops.array_ops: batch_gather batch_to_space broadcast_dynamic_shape broadcast_static_shape
        depth_to_space meshgrid repeat reverse_sequence sequence_mask setdiff1d space_to_batch
        space_to_depth unique_with_counts
        _ops.linalg_ops: matrix_diag matrix_diag_part matrix_set_diag matrix_transpose
        _ops.space_to_batch: required_space_to_batch_paddings
        _ops.set_ops: edit_distance
        _ops.sparse_ops: sparse_mask sparse_placeholder
        """,
    "python.ops.math_ops": """
        abs acos acosh add add_n accumulate_n angle arg_max arg_min argmax argmin asin asinh atan
        atan2 atanh cast ceil complex conj cos cosh cumprod cumsum digamma div div_no_nan divide
        equal erf erfc exp expm1 floor floor_div floordiv floormod greater greater_equal imag
        is_finite is_inf is_nan less less_equal lgamma linspace lin_space=linspace log log1p
        logical_and logical_not logical_or logical_xor matmul maximum minimum mod multiply negative
        not_equal pow range real realdiv reciprocal reduce_all reduce_any reduce_logsumexp
        reduce_max reduce_mean reduce_min reduce_prod reduce_sum rint round rsqrt scalar_mul
        segment_sum sigmoid sign sin sinh sqrt square squared_difference subtract tan tanh
        to_bfloat16 to_double to_float to_int32 to_int64 truediv truncatediv truncatemod
        unsorted_segment_sum
        _ops.math_ops: bincount count_nonzero histogram_fixed_width_bins log_sigmoid polygamma
        saturate_cast to_complex128 to_complex64
        _ops.linalg_ops: tensordot trace
        _ops.special_math: betainc cross igamma igammac zeta
        _ops.segment_ops: segment_max segment_mean segment_min segment_prod sparse_segment_mean
        sparse_segment_sqrt_n sparse_segment_sum unsorted_segment_max unsorted_segment_mean
        unsorted_segment_min unsorted_segment_prod unsorted_segment_sqrt_n
        | _ops.math_ops: multiply_no_nan polyval reduce_std reduce_variance xdivy xlog1py
        _ops.special_math: cumulative_logsumexp erfcinv erfinv ndtri nextafter reciprocal_no_nan
        reduce_euclidean_norm
        """,
    "python.ops.data_flow_ops": "dynamic_partition dynamic_stitch",
    "python.ops.clip_ops": """
        clip_by_value clip_by_norm
        _ops.clip_ops: clip_by_average_norm clip_by_global_norm global_norm
        """,
    "python.ops.confusion_matrix": """
        _ops.confusion: confusion_matrix | remove_squeezable_dimensions
        """,
    "python.ops.gradients_impl": "gradients _ops.hessians: hessians",
    "python.ops.gradients": """
        python.ops.gradients_impl: *
        tf: AggregationMethod UnconnectedGradients
        """,
    "python.ops.control_flow_ops": """
        Assert no_op group
        _ops.control_flow: tuple=tuple_ cond case while_loop
        _core: | with_dependencies
        """,
    "python.ops.cond": "_ops.control_flow: cond",
    "python.ops.while_loop": "_ops.control_flow: while_loop",
    "python.ops.control_flow_case": "_ops.control_flow: case",
    "python.ops.control_flow_assert": "Assert",
    "python.ops.check_ops": """
        _ops.check_ops: assert_equal assert_none_equal assert_less assert_less_equal assert_greater
        assert_greater_equal assert_negative assert_positive assert_non_negative
        assert_non_positive assert_near assert_integer assert_type assert_scalar
        assert_proper_iterable assert_same_float_dtype is_numeric_tensor is_non_decreasing
        is_strictly_increasing
        _ops.check_rank: assert_rank assert_rank_at_least assert_rank_in
        | _ops.check_shapes: assert_shapes
        """,
    "python.ops.random_ops": """
        random_uniform random_normal truncated_normal random_shuffle
        _ops.random_ops: multinomial random_gamma random_poisson | categorical
        """,
    "python.ops.stateless_random_ops": "_ops.stateless_random_ops: *",
    "python.ops.candidate_sampling_ops": "_ops.candidate_sampling: *",
    "python.ops.init_ops": """
        zeros_initializer ones_initializer constant_initializer random_uniform_initializer
        random_normal_initializer truncated_normal_initializer variance_scaling_initializer
        glorot_uniform_initializer glorot_normal_initializer uniform_unit_scaling_initializer
        _ops.init_ops: orthogonal_initializer=Orthogonal
        | _core: Initializer Zeros=zeros_initializer Ones=ones_initializer
        Constant=constant_initializer
        RandomUniform=random_uniform_initializer RandomNormal=random_normal_initializer
        TruncatedNormal=truncated_normal_initializer VarianceScaling=variance_scaling_initializer
        GlorotUniform=glorot_uniform_initializer GlorotNormal=glorot_normal_initializer
        UniformUnitScaling=uniform_unit_scaling_initializer
        he_normal he_uniform lecun_normal lecun_uniform
        _ops.init_ops: Identity Orthogonal
        """,
    "python.ops.partitioned_variables": """
        create_partitioned_variables fixed_size_partitioner variable_axis_size_partitioner
        min_max_variable_partitioner
        """,
    "python.ops.state_ops": """
        assign assign_add assign_sub is_variable_initialized
        _ops.state_ops: batch_scatter_update count_up_to scatter_add scatter_div scatter_max
        scatter_min scatter_mul scatter_nd_add scatter_nd_sub scatter_nd_update scatter_sub
        scatter_update
        """,
    "python.ops.variables": """
        Variable global_variables all_variables
        local_variables model_variables trainable_variables moving_average_variables
        variables_initializer initialize_variables=variables_initializer
        global_variables_initializer initialize_all_variables local_variables_initializer
        initialize_local_variables=local_variables_initializer report_uninitialized_variables
        _ops.variable_enums: VariableSynchronization VariableAggregation
        _ops.variable_checks: assert_variables_initialized
        _core: | PartitionedVariable RefVariable=Variable VariableV1=Variable
        """,
    "python.ops.variable_scope": """
        AUTO_REUSE VariableScope get_variable get_local_variable get_variable_scope variable_scope
        no_regularizer
        _ops.custom_getters: variable_op_scope
        """,
    "python.ops.template": "_ops.template: make_template",
    "python.ops.script_ops": "_ops.script_ops: py_func",
    "python.ops.resource_variable_ops": """
        ResourceVariable=Variable
        _ops.predicates: is_resource_variable
        """,
    "python.ops.nn_ops": """
        _core.nn: relu6 leaky_relu softmax log_softmax bias_add xw_plus_b
        softmax_cross_entropy_with_logits softmax_cross_entropy_with_logits_v2
        sparse_softmax_cross_entropy_with_logits dropout in_top_k conv2d conv2d_backprop_input
        conv2d_backprop_filter depthwise_conv2d_native max_pool avg_pool
        relu elu selu softplus softsign l2_loss
        _ops.convolution: convolution
        _ops.nn_conv: atrous_conv2d conv1d conv1d_transpose conv2d_transpose conv3d conv3d_transpose
        conv_transpose
        _ops.nn_dilation: dilation2d erosion2d
        _ops.nn_backprop: atrous_conv2d_transpose depthwise_conv2d_native_backprop_filter
        depthwise_conv2d_native_backprop_input
        depthwise_conv2d_backprop_filter=depthwise_conv2d_native_backprop_filter
        depthwise_conv2d_backprop_input=depthwise_conv2d_native_backprop_input
        _ops.nn_pool: avg_pool1d avg_pool2d avg_pool3d avg_pool_v2 max_pool1d max_pool2d max_pool3d
        max_pool_v2 max_pool_with_argmax pool
        _ops.space_to_batch: with_space_to_batch
        _ops.sort_ops: top_k
        _ops.nn_ops: crelu local_response_normalization lrn=local_response_normalization
        """,
    "python.ops.nn_impl": """
        _core.nn: moments batch_normalization fused_batch_norm l2_normalize zero_fraction
        sigmoid_cross_entropy_with_logits depthwise_conv2d
        _ops.nn_conv: separable_conv2d
        _ops.nn_ops: batch_norm_with_global_normalization log_poisson_loss normalize_moments
        relu_layer sufficient_statistics swish weighted_cross_entropy_with_logits weighted_moments
        _ops.sampled_losses: nce_loss sampled_softmax_loss
        """,
    "python.ops.embedding_ops": """
        _core.nn: embedding_lookup
        _ops.embedding_ops: embedding_lookup_sparse safe_embedding_lookup_sparse
        """,
    "python.ops.ctc_ops": "_ops.ctc_ops: *",
    "python.ops.rnn": "_ops.rnn: * _ops.bidirectional_rnn: * _ops.raw_rnn: *",
    "python.ops.rnn_cell": "nn.rnn_cell: *",
    "python.ops.rnn_cell_impl": "nn.rnn_cell: *",
    "python.ops.nn": "nn: *",
    **{f"python.ops.gen_{kind}_ops": "_ops.gen_ops: *" for kind in (
        "array", "control_flow", "data_flow", "image", "io", "linalg", "logging", "lookup", "math",
        "nn", "parsing", "random", "resource_variable", "sparse", "state", "string", "training")},
    "python.ops.logging_ops": "_ops.print_op: Print _ops.outside_ops: timestamp print=print_v2",
    "python.ops.io_ops": "_ops.outside_ops: write_file",
    "python.ops.parsing_ops": "_ops.outside_ops: parse_tensor serialize_tensor",
    "python.ops.lookup_ops": "_ops.lookup_ops: *",
    "python.ops.standard_ops": "tf: *",
    "python.ops.losses.losses": "losses: *",
    "python.ops.losses.losses_impl": "losses: *",
    "python.ops.losses.util": "losses: *",
    "python.ops.functional_ops": "_ops.functional_ops: foldl foldr scan",
    "python.ops.histogram_ops": "_ops.search_ops: histogram_fixed_width",
    "python.ops.manip_ops": "_ops.manip_ops: roll",
    "python.ops.map_fn": "_ops.functional_ops: map_fn",
    "python.ops.image_ops": "image: *",
    "python.ops.linalg_ops": """
        _ops.linalg_ops: eye matrix_inverse norm
        _ops.linear_systems: cholesky cholesky_solve matrix_determinant matrix_solve
        matrix_solve_ls matrix_triangular_solve
        _ops.matrix_factors: qr self_adjoint_eig self_adjoint_eigvals svd
        """,
    "python.ops.signal.fft_ops": "_ops.fft_ops: *",
    "python.ops.linalg.linalg": "linalg: *",
    "python.ops.linalg.linalg_impl": "linalg: *",
    "python.ops.sparse_ops": """
        _ops.sparse_ops: sparse_fill_empty_rows sparse_merge sparse_reorder sparse_retain
        sparse_tensor_to_dense sparse_to_dense sparse_to_indicator
        _ops.sparse_layout: sparse_concat sparse_reset_shape sparse_reshape sparse_slice
        sparse_split sparse_transpose
        _ops.sparse_math: sparse_add sparse_maximum sparse_minimum sparse_reduce_max
        sparse_reduce_max_sparse sparse_reduce_sum sparse_reduce_sum_sparse sparse_softmax
        sparse_tensor_dense_matmul
        | _ops.sparse_ops: from_dense sparse_eye _ops.sparse_layout: sparse_expand_dims
        """,
    "python.ops.numerics": """
        _ops.numerics: add_check_numerics_ops check_numerics verify_tensor_all_finite
        """,
    "python.ops.special_math_ops": "_ops.einsum: einsum _ops.math_ops: lbeta",
    "python.ops.tensor_array_ops": "_ops.tensor_array: TensorArray",
    "python.ops.sort_ops": "_ops.sort_ops: argsort sort",
    "python.ops.string_ops": """
        _ops.string_ops: as_string decode_base64 encode_base64 reduce_join regex_replace
        string_join string_split string_strip string_to_hash_bucket string_to_hash_bucket_fast
        string_to_hash_bucket_strong string_to_number substr
        | regex_full_match string_length string_lower string_upper unsorted_segment_join
        """,
    "python.ops.ragged.ragged_string_ops": """
        _ops.string_ops: string_split strings_split_v1=strings_split
        """,
    "python.ops.sets_impl": "sets: *",
    "python.ops.sets": "sets: *",
    "python.ops.weights_broadcast_ops": """
        _ops.weights_broadcast: assert_broadcastable broadcast_weights
        """,
    "python.ops.metrics": "metrics: *",
    "python.ops.metrics_impl": "metrics: *",
}
