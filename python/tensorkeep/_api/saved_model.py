"""`tf.saved_model` and the inner paths below `python.saved_model`."""

SAVED_MODEL = {
    "python.saved_model.constants": """
        _saved_model.constants: ASSETS_DIRECTORY ASSETS_KEY DEBUG_DIRECTORY DEBUG_INFO_FILENAME_PB
        LEGACY_INIT_OP_KEY MAIN_OP_KEY SAVED_MODEL_FILENAME_PB SAVED_MODEL_FILENAME_PBTXT
        SAVED_MODEL_SCHEMA_VERSION VARIABLES_DIRECTORY VARIABLES_FILENAME
        | EXTRA_ASSETS_DIRECTORY INIT_OP_SIGNATURE_KEY SAVED_MODEL_FILENAME_CPB
        SAVED_MODEL_FILENAME_PREFIX TRAIN_OP_KEY TRAIN_OP_SIGNATURE_KEY
        """,
    "python.saved_model.tag_constants": """
        _saved_model.constants: GPU SERVING TPU TRAINING | EVAL
        """,
    "python.saved_model.signature_constants": """
        _saved_model.constants: CLASSIFY_INPUTS CLASSIFY_METHOD_NAME CLASSIFY_OUTPUT_CLASSES
        CLASSIFY_OUTPUT_SCORES DEFAULT_SERVING_SIGNATURE_DEF_KEY PREDICT_INPUTS
        PREDICT_METHOD_NAME PREDICT_OUTPUTS REGRESS_INPUTS REGRESS_METHOD_NAME REGRESS_OUTPUTS
        | DEFAULT_EVAL_SIGNATURE_DEF_KEY DEFAULT_TRAIN_SIGNATURE_DEF_KEY
        SUPERVISED_EVAL_METHOD_NAME SUPERVISED_TRAIN_METHOD_NAME
        """,
    "python.saved_model.signature_def_utils": """
        _saved_model.signatures: build_signature_def classification_signature_def
        predict_signature_def regression_signature_def
        _core.saved_model: is_valid_signature
        _saved_model.signatures:
        | load_op_from_signature_def op_signature_def supervised_eval_signature_def
        supervised_train_signature_def
        """,
    "python.saved_model.signature_def_utils_impl": "python.saved_model.signature_def_utils: *",
    "python.saved_model.utils": """
        _saved_model.tensor_info: build_tensor_info get_tensor_from_tensor_info
        | build_tensor_info_from_op
        """,
    "python.saved_model.utils_impl": """
        _saved_model.tensor_info: build_tensor_info get_tensor_from_tensor_info
        | build_tensor_info_from_op get_element_from_tensor_info
        """,
    "python.saved_model.builder": "_core.saved_model: SavedModelBuilder",
    "python.saved_model.builder_impl": "_core.saved_model: SavedModelBuilder",
    "python.saved_model.loader": """
        _saved_model.whole_models: load
        _core.saved_model: maybe_saved_model_directory
        """,
    "python.saved_model.loader_impl": """
        _saved_model.whole_models: load
        _core.saved_model: maybe_saved_model_directory
        | SavedModelLoader contains_saved_model=maybe_saved_model_directory parse_saved_model
        """,
    "python.saved_model.main_op": "_saved_model.main_op: main_op main_op_with_restore",
    "python.saved_model.main_op_impl": "_saved_model.main_op: main_op main_op_with_restore",
    "python.saved_model.simple_save": "_saved_model.whole_models: simple_save",
    "python.saved_model.saved_model": "saved_model: *",
    "saved_model": """
        python.saved_model.constants: *
        python.saved_model.tag_constants: *
        python.saved_model.signature_constants: *
        python.saved_model.signature_def_utils: *
        python.saved_model.utils: *
        _core.saved_model: Builder=SavedModelBuilder maybe_saved_model_directory
        contains_saved_model=maybe_saved_model_directory
        _saved_model.whole_models: load simple_save
        _saved_model.main_op: main_op_with_restore
        """,
    "saved_model.builder": "python.saved_model.builder: *",
    "saved_model.constants": "python.saved_model.constants: *",
    "saved_model.loader": "python.saved_model.loader: *",
    "saved_model.main_op": "python.saved_model.main_op: *",
    "saved_model.signature_constants": "python.saved_model.signature_constants: *",
    "saved_model.signature_def_utils": "python.saved_model.signature_def_utils: *",
    "saved_model.tag_constants": "python.saved_model.tag_constants: *",
    "saved_model.utils": "python.saved_model.utils: *",
}
