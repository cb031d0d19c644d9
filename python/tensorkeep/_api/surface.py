"""The public modules: `tf`, `tf.nn`, `tf.train` and the like. `_api` explains the notation."""

SURFACE = {
    "": """
        python.framework.ops: *
        python.framework.constant_op: *
        python.framework.dtypes: *
        python.framework.importer: *
        python.framework.random_seed: *
        python.framework.sparse_tensor: *
        python.framework.tensor_shape: *
        python.client.session: *
        python.ops.array_ops: *
        python.ops.check_ops: *
        python.ops.clip_ops: *
        python.ops.confusion_matrix: *
        python.ops.control_flow_ops: *
        python.ops.data_flow_ops: *
        python.ops.functional_ops: *
        python.ops.histogram_ops: *
        python.ops.manip_ops: *
        python.ops.gradients_impl: *
        python.ops.init_ops: *
        python.ops.io_ops: *
        python.ops.linalg_ops: *
        python.ops.logging_ops: *
        _ops.lookup_ops: tables_initializer initialize_all_tables
        python.ops.map_fn: *
        python.ops.math_ops: *
        python.ops.numerics: *
        python.ops.parsing_ops: *
        python.ops.partitioned_variables: *
        python.ops.random_ops: *
        python.ops.script_ops: *
        python.ops.signal.fft_ops: *
        python.ops.sparse_ops: *
        python.ops.sort_ops: *
        python.ops.special_math_ops: *
        python.ops.state_ops: *
        python.ops.string_ops: *
        python.ops.template: *
        python.ops.tensor_array_ops: *
        python.ops.variable_scope: *
        python.ops.variables: *
        _core: enable_resource_variables disable_resource_variables resource_variables_enabled
        _ops.gradient_enums: AggregationMethod UnconnectedGradients
        _framework.tensor_util: make_tensor_proto make_ndarray=MakeNdarray is_tensor
        get_static_value=constant_value
        _framework.errors: OpError
        _framework.device: DeviceSpec
        _ops.image_geometry: random_crop
        _ops.pass_through: grad_pass_through
        _ops.predicates: is_symbolic_tensor
        _platform.tf_logging: get_logger
        _framework.protos: AttrValue ConfigProto Event GPUOptions GraphDef GraphOptions
        HistogramProto LogMessage MetaGraphDef NameAttrList NodeDef OptimizerOptions RunMetadata
        RunOptions SessionLog Summary SummaryMetadata TensorInfo
        _platform.versions: VERSION GIT_VERSION COMPILER_VERSION GRAPH_DEF_VERSION
        GRAPH_DEF_VERSION_MIN_CONSUMER GRAPH_DEF_VERSION_MIN_PRODUCER
        _platform.behavior: disable_v2_behavior disable_eager_execution
        disable_control_flow_v2 enable_control_flow_v2 control_flow_v2_enabled
        disable_tensor_equality enable_tensor_equality
        executing_eagerly executing_eagerly_outside_functions
        """,
    "compat.v1": "tf: *",
    "nn": """
        python.ops.nn_ops: *
        python.ops.nn_impl: *
        python.ops.ctc_ops: *
        python.ops.embedding_ops: *
        python.ops.rnn: *
        python.ops.candidate_sampling_ops: *
        tf: depth_to_space sigmoid space_to_batch space_to_depth tanh
        _ops.nn_ops: silu=swish
        """,
    "nn.rnn_cell": "_layers.rnn_cell: * _layers.lstm_cell: * _layers.rnn_wrappers: *",
    "math": """
        tf: abs accumulate_n acos acosh add add_n angle argmax argmin asin asinh atan atan2 atanh
        bincount ceil confusion_matrix conj cos cosh count_nonzero cumprod cumsum digamma divide
        divide_no_nan=div_no_nan equal erf erfc exp expm1 floor floordiv floormod greater
        greater_equal imag invert_permutation is_finite is_inf is_nan is_non_decreasing
        is_strictly_increasing less less_equal lgamma log log1p log_sigmoid logical_and logical_not
        logical_or logical_xor maximum minimum mod multiply negative not_equal polygamma pow real
        reciprocal reduce_all reduce_any reduce_logsumexp reduce_max reduce_mean reduce_min
        reduce_prod reduce_sum rint round rsqrt scalar_mul segment_max segment_min segment_prod
        segment_sum sigmoid sign sin sinh sqrt square squared_difference subtract tan tanh truediv
        unsorted_segment_max unsorted_segment_mean unsorted_segment_min unsorted_segment_prod
        unsorted_segment_sqrt_n unsorted_segment_sum
        nn: in_top_k top_k l2_normalize log_softmax softmax softplus softsign zero_fraction
        _ops.math_ops: multiply_no_nan polyval reduce_std reduce_variance xdivy xlog1py xlogy
        _ops.special_math: bessel_i0 bessel_i0e bessel_i1 bessel_i1e betainc cumulative_logsumexp
        erfcinv erfinv igamma igammac ndtri nextafter reciprocal_no_nan reduce_euclidean_norm zeta
        _ops.segment_ops: segment_mean
        tf: lbeta
        """,
    "math.special": "_ops.special_math: bessel_i0 bessel_i0e bessel_i1 bessel_i1e",
    "linalg": """
        tf: band_part=matrix_band_part diag=matrix_diag diag_part=matrix_diag_part einsum eye
        inv=matrix_inverse cross
        global_norm matmul matrix_transpose norm set_diag=matrix_set_diag tensor_diag=diag
        tensor_diag_part=diag_part tensordot trace transpose
        nn: l2_normalize
        _ops.linalg_ops: adjoint normalize
        _ops.linear_systems: cholesky cholesky_solve det=matrix_determinant logdet
        lstsq=matrix_solve_ls matvec slogdet solve=matrix_solve
        triangular_solve=matrix_triangular_solve
        _ops.matrix_factors: eigh=self_adjoint_eig eigvalsh=self_adjoint_eigvals matrix_rank pinv qr
        svd
        _ops.matrix_exponential: expm=matrix_exponential
        """,
    "image": """
        _ops.image_boxes: *
        _ops.image_colors: *
        _ops.image_geometry: *
        _ops.image_patches: *
        _ops.image_resize: *
        _ops.image_similarity: *
        """,
    "signal": "_ops.fft_ops: *",
    "spectral": "_ops.fft_ops: *",
    "manip": """
        tf: batch_to_space_nd gather_nd reshape reverse roll scatter_nd space_to_batch_nd tile
        """,
    "bitwise": "invert _ops.math_ops: bitwise_and bitwise_or bitwise_xor left_shift right_shift",
    "sparse": """
        tf: SparseTensor add=sparse_add concat=sparse_concat fill_empty_rows=sparse_fill_empty_rows
        mask=sparse_mask matmul=sparse_tensor_dense_matmul maximum=sparse_maximum merge=sparse_merge
        minimum=sparse_minimum placeholder=sparse_placeholder reduce_max=sparse_reduce_max
        reduce_max_sparse=sparse_reduce_max_sparse reduce_sum=sparse_reduce_sum
        reduce_sum_sparse=sparse_reduce_sum_sparse reorder=sparse_reorder
        reset_shape=sparse_reset_shape reshape=sparse_reshape retain=sparse_retain
        segment_mean=sparse_segment_mean segment_sqrt_n=sparse_segment_sqrt_n
        segment_sum=sparse_segment_sum slice=sparse_slice softmax=sparse_softmax
        sparse_dense_matmul=sparse_tensor_dense_matmul split=sparse_split
        to_dense=sparse_tensor_to_dense to_indicator=sparse_to_indicator transpose=sparse_transpose
        python.ops.sparse_ops: expand_dims=sparse_expand_dims eye=sparse_eye from_dense
        """,
    "sets": """
        _ops.set_ops: difference=set_difference intersection=set_intersection set_difference
        set_intersection set_size set_union size=set_size union=set_union
        """,
    "strings": """
        _ops.string_ops: as_string format=string_format join=string_join length=string_length
        lower=string_lower reduce_join regex_full_match regex_replace split=strings_split
        strip=string_strip substr to_hash_bucket=string_to_hash_bucket
        to_hash_bucket_fast=string_to_hash_bucket_fast
        to_hash_bucket_strong=string_to_hash_bucket_strong to_number=string_to_number
        unsorted_segment_join upper=string_upper
        """,
    "random": """
        tf: uniform=random_uniform normal=random_normal truncated_normal shuffle=random_shuffle
        set_random_seed get_seed multinomial gamma=random_gamma poisson=random_poisson
        _ops.random_ops: categorical
        _ops.stateless_random_ops: stateless_categorical stateless_multinomial
        stateless_normal=stateless_random_normal stateless_truncated_normal
        stateless_uniform=stateless_random_uniform
        nn: all_candidate_sampler fixed_unigram_candidate_sampler learned_unigram_candidate_sampler
        log_uniform_candidate_sampler uniform_candidate_sampler
        """,
    "debugging": """
        python.ops.check_ops: *
        _ops.check_shapes: assert_shapes
        tf: Assert assert_all_finite=verify_tensor_all_finite check_numerics is_finite is_inf is_nan
        """,
    "dtypes": "python.framework.dtypes: * tf: as_string cast complex saturate_cast",
    "initializers": """
        tf: zeros=zeros_initializer ones=ones_initializer constant=constant_initializer
        random_uniform=random_uniform_initializer random_normal=random_normal_initializer
        truncated_normal=truncated_normal_initializer
        variance_scaling=variance_scaling_initializer glorot_uniform=glorot_uniform_initializer
        glorot_normal=glorot_normal_initializer
        uniform_unit_scaling=uniform_unit_scaling_initializer
        orthogonal=orthogonal_initializer
        global_variables=global_variables_initializer local_variables=local_variables_initializer
        variables=variables_initializer
        _core: lecun_normal lecun_uniform he_normal he_uniform
        _ops.init_ops: identity=Identity
        python.ops.lookup_ops: tables_initializer
        """,
    "train": """
        _training.checkpoint: Checkpoint
        _training.restore_plan: restore_plan
        python.training.adadelta: *
        python.training.adagrad: *
        python.training.adagrad_da: *
        python.training.adam: *
        python.training.basic_loops: *
        python.training.basic_session_run_hooks: *
        python.training.checkpoint_management: *
        python.training.checkpoint_utils: *
        python.training.coordinator: *
        python.training.ftrl: *
        python.training.gradient_descent: *
        python.training.learning_rate_decay: *
        python.training.momentum: *
        python.training.monitored_session: *
        python.training.moving_averages: *
        python.training.optimizer: *
        python.training.proximal_adagrad: *
        python.training.proximal_gradient_descent: *
        python.training.py_checkpoint_reader: *
        python.training.queue_runner: *
        python.training.rmsprop: *
        python.training.saver: *
        python.training.session_manager: *
        python.training.session_run_hook: *
        python.training.supervisor: *
        python.training.training_util: *
        python.training.warm_starting_util: *
        python.summary.summary_iterator: *
        _summary.event_file: summary_iterator
        _core.train: write_graph
        _framework.protos: SaverDef BytesList FloatList Int64List Feature Features FeatureList
        FeatureLists Example SequenceExample
        """,
    "errors": "_framework.errors: *",
    "graph_util": """
        convert_variables_to_constants extract_sub_graph remove_training_nodes must_run_on_cpu
        tensor_shape_from_node_def_name
        tf: import_graph_def
        """,
    "losses": "get_regularization_losses get_regularization_loss _ops.losses: *",
    "metrics": """
        _ops.metrics: *
        _ops.metric_means: *
        _ops.metric_thresholds: *
        _ops.metric_top_k: *
        """,
    "layers": """
        _layers.convolutional: *
        _layers.core: *
        _layers.input_spec: *
        _layers.normalization: *
        _layers.pooling: *
        _layers.separable: *
        _layers.transposed: *
        _layers.base: Layer
        """,
    "summary": """
        _summary.summary_ops: scalar histogram merge merge_all
        _summary.file_writer: FileWriter FileWriterCache
        _framework.protos: Event SessionLog Summary SummaryDescription TaggedRunMetadata
        """,
    "gfile": """
        _platform.file_io: GFile FastGFile=GFile Open=GFile Exists=file_exists
        IsDirectory=is_directory ListDirectory=list_directory MkDir=create_dir
        MakeDirs=recursive_create_dir Remove=delete_file Rename=rename Copy=copy
        DeleteRecursively=delete_recursively Glob=get_matching_files Walk=walk Stat=stat
        """,
    "io": """
        train: write_graph
        tf: parse_tensor serialize_tensor write_file
        tf: decode_base64 encode_base64
        """,
    "io.gfile": "_platform.io_gfile: *",
    "logging": "_platform.tf_logging: *",
    "app": "_platform.app: run  tf: flags",
    "flags": "_platform.flags: *",
    "test": "_platform.test: *",
    "nest": """
        _framework.nest: assert_same_structure flatten is_nested map_structure pack_sequence_as
        """,
    "lookup": "_core.lookup: StaticHashTable KeyValueTensorInitializer",
    "lookup.experimental": "_core.lookup: MutableHashTable",
    "raw_ops": "_ops.raw_ops: *",
    "resource_loader": "_platform.resource_loader: *",
    "summary": """
        _summary.summary_ops: scalar histogram merge merge_all
        _summary.file_writer: FileWriter FileWriterCache
        _framework.protos: Summary SummaryDescription Event SessionLog TaggedRunMetadata
        """,
    "compat": """
        _platform.compat: as_bytes as_text as_str as_str_any path_to_str bytes_or_text_types
        complex_types integral_types real_types forward_compatible
        _framework.tensor_shape: dimension_value dimension_at_index
        """,
    "version": """
        _platform.versions: VERSION GIT_VERSION COMPILER_VERSION GRAPH_DEF_VERSION
        GRAPH_DEF_VERSION_MIN_CONSUMER GRAPH_DEF_VERSION_MIN_PRODUCER
        """,
    "contrib.layers": "l1_regularizer l2_regularizer",
}
