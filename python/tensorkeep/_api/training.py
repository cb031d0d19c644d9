"""Inner paths below `python.training`: the homes of what `tf.train` gathers."""

TRAINING = {
    "python.training.saver": """
        _core.train: Saver export_meta_graph import_meta_graph
        python.training.checkpoint_management: latest_checkpoint checkpoint_exists
        get_checkpoint_state update_checkpoint_state generate_checkpoint_state_proto
        get_checkpoint_mtimes remove_checkpoint
        _training.saveable_object: | BaseSaverBuilder BulkSaverBuilder
        """,
    "python.training.checkpoint_management": """
        _core.train: latest_checkpoint checkpoint_exists get_checkpoint_mtimes remove_checkpoint
        get_checkpoint_state update_checkpoint_state generate_checkpoint_state_proto
        _training.checkpoint: CheckpointManager
        _core.train: | meta_graph_filename
        """,
    "python.training.checkpoint_utils": """
        _core.train: load_checkpoint load_variable list_variables init_from_checkpoint
        _training.checkpoint_iteration: checkpoints_iterator | wait_for_new_checkpoint
        """,
    "python.training.py_checkpoint_reader": "_core.train: NewCheckpointReader",
    "python.training.moving_averages": """
        _core.train: ExponentialMovingAverage | assign_moving_average weighted_moving_average
        """,
    "python.training.training_util": """
        _core.train: get_global_step create_global_step get_or_create_global_step global_step
        _ops.predicates: assert_global_step
        _training.training_util: | _get_or_create_global_step_read=get_or_create_global_step_read
        """,
    "python.training.optimizer": "_core.train: Optimizer",
    "python.training.gradient_descent": "_core.train: GradientDescentOptimizer",
    "python.training.momentum": "_core.train: MomentumOptimizer",
    "python.training.adam": "_core.train: AdamOptimizer",
    "python.training.rmsprop": "_core.train: RMSPropOptimizer",
    "python.training.adagrad": "_core.train: AdagradOptimizer",
    "python.training.adadelta": "_core.train: AdadeltaOptimizer",
    "python.training.ftrl": "_core.train: FtrlOptimizer",
    "python.training.proximal_gradient_descent": """
        _training.proximal_optimizers: ProximalGradientDescentOptimizer
        """,
    "python.training.proximal_adagrad": "_training.proximal_optimizers: ProximalAdagradOptimizer",
    "python.training.adagrad_da": "_training.proximal_optimizers: AdagradDAOptimizer",
    "python.training.basic_loops": "_training.basic_loop: basic_train_loop",
    "python.training.warm_starting_util": "_training.warm_start: warm_start",
    "python.training.learning_rate_decay": """
        _core.train: exponential_decay natural_exp_decay inverse_time_decay polynomial_decay
        cosine_decay cosine_decay_restarts linear_cosine_decay piecewise_constant
        piecewise_constant_decay=piecewise_constant
        _training.learning_rates: noisy_linear_cosine_decay
        """,
    "python.training.coordinator": "_training.coordinator: Coordinator LooperThread",
    "python.training.session_manager": "_training.session_manager: SessionManager",
    "python.training.supervisor": "_training.supervisor: Supervisor",
    "python.training.session_run_hook": "_training.session_run_hook: *",
    "python.training.basic_session_run_hooks": """
        _training.checkpoint_saver_hook: *
        _training.hooks: *
        _training.summary_hooks: *
        _training.timers: *
        """,
    "python.training.monitored_session": """
        _training.monitored_session: *
        _training.scaffold: *
        _training.session_creators: *
        """,
    "python.training.queue_runner": "_training.queue_runner: *",
    "python.training.queue_runner_impl": "_training.queue_runner: *",
    "python.training.summary_io": """
        train: summary_iterator
        summary: SummaryWriter=FileWriter SummaryWriterCache=FileWriterCache
        """,
    "python.training.tracking.util": "_training.checkpoint: Checkpoint",
    "python.checkpoint.checkpoint": "_training.checkpoint: Checkpoint",
    "python.checkpoint.checkpoint_management": "python.training.checkpoint_management: *",
    "python.training.saving.saveable_object": "_training.saveable_object: SaveSpec SaveableObject",
    "python.training.training": "train: *",
}
