"""What of TensorFlow is left out on purpose: the reason, and the names it holds for."""

MISSING = {
    "input pipelines are out of its scope; read with Python and feed numpy arrays": """
        data python.data python_io TFRecordReader TextLineReader WholeFileReader IdentityReader
        FixedLengthRecordReader LMDBReader ReaderBase parse_example parse_single_example
        parse_single_sequence_example decode_csv decode_raw read_file matching_files
        FixedLenFeature FixedLenSequenceFeature VarLenFeature SparseFeature
        train.match_filenames_once train.limit_epochs
        io.FixedLenFeature io.FixedLenSequenceFeature io.RaggedFeature io.SparseFeature
        io.TFRecordCompressionType io.TFRecordOptions io.TFRecordWriter io.VarLenFeature
        io.decode_csv io.decode_json_example io.decode_proto io.decode_raw io.encode_proto
        io.match_filenames_once io.matching_files io.parse_example io.parse_sequence_example
        io.parse_single_example io.parse_single_sequence_example io.read_file
        io.tf_record_iterator decode_json_example""",
    "queues are out of its scope; read with Python threads and feed numpy arrays": """
        queue FIFOQueue PaddingFIFOQueue PriorityQueue RandomShuffleQueue QueueBase
        ConditionalAccumulator ConditionalAccumulatorBase SparseConditionalAccumulator
        train.QueueRunner train.add_queue_runner train.queue_runner
        train.batch train.batch_join train.maybe_batch train.maybe_batch_join train.shuffle_batch
        train.shuffle_batch_join train.maybe_shuffle_batch train.maybe_shuffle_batch_join
        train.string_input_producer train.input_producer train.range_input_producer
        train.slice_input_producer io.PaddingFIFOQueue io.PriorityQueue io.QueueBase
        io.RandomShuffleQueue python.ops.data_flow_ops
        python.training.input""",
    "tf.contrib is out of its scope, but for initializers and regularizers of contrib.layers": """
        contrib""",
    "estimators are out of its scope; train with a Session": """
        estimator python.estimator feature_column python.feature_column train.EstimatorSpec""",
    "it builds graphs and runs them in sessions, there is no eager mode": """
        enable_eager_execution enable_v2_behavior GradientTape py_function numpy_function
        custom_gradient eager python.eager compat.v2 python.compat autograph python.autograph
        config python.keras.engine saved_model.save saved_model.load_v2 saved_model.Asset
        saved_model.SaveOptions saved_model.experimental""",
    "Keras is out of its scope; tf.layers has the common layers": """
        keras python.keras""",
    "it runs on one machine's CPU": """
        distribute python.distribute tpu python.tpu train.Server train.ClusterSpec train.ServerDef
        train.ClusterDef train.JobDef train.SyncReplicasOptimizer train.replica_device_setter
        xla mlir""",
    "converting and quantising for devices is out of its scope": """
        lite mixed_precision train.do_quantize_training_on_graphdef""",
    "summaries are of scalars and histograms only": """
        summary.image summary.audio summary.text summary.tensor_summary
        summary.get_summary_description""",
    "summaries are tensors that a FileWriter is given; there are no writers inside the graph": """
        summary.initialize summary.all_v2_summary_ops""",
    "profiling is out of its scope": """
        profiler python.profiler train.ProfilerHook""",
    "probability distributions are out of its scope": """
        distributions python.ops.distributions""",
    "ragged tensors are out of its scope": """
        ragged RaggedTensor RaggedTensorSpec""",
    "building functions is out of its scope; graphs that have some are imported and exported": """
        function python.framework.function.Defun""",
    "loading operations of other libraries is out of its scope": """
        load_op_library load_library load_file_system_library user_ops sysconfig""",
}
