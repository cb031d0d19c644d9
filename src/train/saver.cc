#include "tensorkeep/saver.h"

#include <fmt/format.h>

#include <limits>

#include "checkpoint/management.h"
#include "checkpoint/paths.h"
#include "checkpoint/resolve.h"
#include "checkpoint/state_file.h"
#include "io/default_file_system.h"
#include "messages/message_file.h"
#include "retention/retention.h"
#include "tensorkeep/checkpoint_management.h"
#include "tensorkeep/checkpoint_reader.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/meta_graph.h"
#include "tensorkeep/scopes.h"
#include "train/restore_plan.h"
#include "train/scope_names.h"
#include "train/wall_clock.h"

namespace tensorkeep::train {
namespace {

[[noreturn]] void raise_runtime_error(const std::string& message) {
  throw errors::FailedPreconditionError(message,
                                        {.python_class = errors::PythonClass::kRuntimeError});
}

void check_saver_def(const SaverDef& def) {
  if (def.save_tensor_name().empty()) {
    errors::raise_value_error("saver_def must specify the save_tensor_name: " +
                              def.ShortDebugString());
  }
  if (def.restore_op_name().empty()) {
    errors::raise_value_error("saver_def must specify the restore_op_name: " +
                              def.ShortDebugString());
  }
}

// What somebody put into the collection of saveable objects. A MetaGraphDef brings nodes there,
// which tell nothing of how to save them.
VarList::Entry entry_of(const CollectionItem& item) {
  if (const Variable variable = Variable::from_collection_item(item)) return variable;
  if (const auto* tensor = std::get_if<Output>(&item)) return *tensor;
  if (const auto* object = std::get_if<std::shared_ptr<CollectionObject>>(&item)) {
    if (auto saveable = std::dynamic_pointer_cast<const SaveableObject>(*object)) return saveable;
    errors::raise_type_error(fmt::format("'{}' in the collection '{}' cannot be saved",
                                         (*object)->name(), GraphKeys::SAVEABLE_OBJECTS));
  }
  if (const auto* op = std::get_if<Operation*>(&item)) {
    errors::raise_type_error(fmt::format(
        "can't convert Operation '{0}' to Tensor: the collection '{1}' of an imported graph holds "
        "the node '{0}' only, not how to save it. Use the Saver that import_meta_graph returned",
        (*op)->name(), GraphKeys::SAVEABLE_OBJECTS));
  }
  errors::raise_type_error(fmt::format("a plain value in the collection '{}' cannot be saved",
                                       GraphKeys::SAVEABLE_OBJECTS));
}

// All that a Saver saves by default.
VarList all_saveable_objects() {
  std::vector<VarList::Entry> entries;
  for (const Variable& variable : global_variables()) entries.emplace_back(variable);
  for (const CollectionItem& item : get_collection(GraphKeys::SAVEABLE_OBJECTS)) {
    entries.push_back(entry_of(item));
  }
  return entries;
}

std::int64_t integer_of(const Tensor& step) {
  return visit_dtype(step.dtype(), [&](auto zero) -> std::int64_t {
    using T = decltype(zero);
    if constexpr (std::is_arithmetic_v<T>) {
      return static_cast<std::int64_t>(step.value<T>());
    } else {
      errors::raise_type_error("global_step must be an integer, not a tensor of type " +
                               name_of(step.dtype()));
    }
  });
}

}  // namespace

std::int64_t GlobalStep::evaluate(Session& session) const {
  if (const auto* number = std::get_if<std::int64_t>(&value_)) return *number;
  return integer_of(session.run(std::get<Fetch>(value_)));
}

class Saver::Impl : public CollectionObject {
 public:
  explicit Impl(SaverOptions options) : options_(std::move(options)) {
    if (options_.defer_build && options_.var_list.given()) {
      errors::raise_value_error(
          "If `var_list` is provided then build cannot be deferred. Either set defer_build=False "
          "or var_list=None.");
    }
    def_ = options_.saver_def;
    if (!options_.defer_build) build();
  }

  std::string name() const override { return def_ ? def_->restore_op_name() : options_.name; }
  std::string to_proto_bytes(const std::string& export_scope) const override {
    const auto def = to_proto(export_scope);
    return def ? messages::serialize(*def) : std::string();
  }

  void build() {
    if (built_) return;
    built_ = true;
    if (!def_) {
      const VarList variables =
          options_.var_list.given() ? options_.var_list : all_saveable_objects();
      empty_ = variables.entries().empty();
      if (empty_ && !options_.allow_empty) errors::raise_value_error("No variables to save");
      if (empty_) return;
      def_ = build_nodes(variables);
    } else if (!options_.name.empty()) {
      // The name of a saver with a definition is the scope its nodes were imported into.
      def_->set_filename_tensor_name(prepend_scope(def_->filename_tensor_name(), options_.name));
      def_->set_save_tensor_name(prepend_scope(def_->save_tensor_name(), options_.name));
      def_->set_restore_op_name(prepend_scope(def_->restore_op_name(), options_.name));
    }
    check_saver_def(*def_);
    retention_ = {def_->max_to_keep(), static_cast<double>(def_->keep_checkpoint_every_n_hours())};
    kept_ = retention::initial_state(retention_, now());
  }

  std::string save(Session& session, const std::string& save_path, const SaveOptions& options) {
    if (!built_) raise_runtime_error("`build()` should be called before save if defer_build==True");
    const std::string prefix = checkpoint_name(session, save_path, options);
    std::string saved;
    if (!empty_) saved = save_tensors(session, save_path, prefix, options.durability);
    if (options.write_meta_graph) write_meta_graph(session, prefix, options);
    if (!empty_ && options.write_state) write_state(save_path, saved, options);
    return saved;
  }

  void restore(Session& session, const std::optional<std::string>& save_path) const {
    if (empty_) return;
    if (!save_path) errors::raise_value_error("Can't load save_path when it is None.");
    if (!def_) raise_runtime_error("`build()` should be called before restore");
    const CheckpointReader checkpoint = open(*save_path);
    Graph& graph = session.graph();
    Operation* op = graph.get_operation_by_name(def_->restore_op_name());
    Feeds feeds = RestorePlan(*op).check(checkpoint);
    feeds.emplace_back(graph.get_tensor_by_name(def_->filename_tensor_name()), checkpoint.prefix());
    session.run(op, feeds);
  }

  std::optional<SaverDef> to_proto(const std::string& export_scope) const {
    if (!def_ || export_scope.empty()) return def_;
    SaverDef def = *def_;
    for (const std::string* name :
         {&def_->filename_tensor_name(), &def_->save_tensor_name(), &def_->restore_op_name()}) {
      if (!name->starts_with(export_scope)) return std::nullopt;
    }
    def.set_filename_tensor_name(strip_scope(def.filename_tensor_name(), export_scope));
    def.set_save_tensor_name(strip_scope(def.save_tensor_name(), export_scope));
    def.set_restore_op_name(strip_scope(def.restore_op_name(), export_scope));
    return def;
  }

  const std::optional<SaverDef>& def() const { return def_; }
  bool empty() const { return empty_; }
  retention::State& kept() { return kept_; }

 private:
  SaverDef build_nodes(const VarList& variables) const {
    SaverBuilder::Options build;
    build.reshape = options_.reshape;
    build.sharded = options_.sharded;
    build.max_to_keep = options_.max_to_keep;
    build.keep_checkpoint_every_n_hours = options_.keep_checkpoint_every_n_hours;
    build.name = options_.name;
    build.restore_sequentially = options_.restore_sequentially;
    build.filename = options_.filename;
    const auto saveables = SaverBuilder::saveables(variables);
    if (options_.builder) return options_.builder->build(saveables, build);
    return SaverBuilder(options_.write_version).build(saveables, build);
  }

  std::string checkpoint_name(Session& session, const std::string& save_path,
                              const SaveOptions& options) const {
    if (options.latest_filename.find('/') != std::string::npos) {
      errors::raise_value_error("'latest_filename' must not contain path components");
    }
    if (options.global_step.given()) {
      const std::int64_t step = options.global_step.evaluate(session);
      return options_.pad_step_number ? fmt::format("{}-{:08d}", save_path, step)
                                      : fmt::format("{}-{}", save_path, step);
    }
    if (io::base_name_of(save_path) == options.latest_filename && !options_.sharded) {
      errors::raise_value_error(
          fmt::format("'latest_filename' collides with 'save_path': '{}' and "
                      "'{}'",
                      options.latest_filename, save_path));
    }
    return save_path;
  }

  std::string save_tensors(Session& session, const std::string& save_path,
                           const std::string& prefix, Durability durability) const {
    if (session.graph().operations().empty()) session.run(std::vector<Fetch>());  // throws
    const Output filename = session.graph().get_tensor_by_name(def_->filename_tensor_name());
    try {
      const Tensor saved =
          session.run(def_->save_tensor_name(), {{filename, prefix}}, {.durability = durability});
      return saved.value<std::string>();
    } catch (const errors::Error& error) {
      if (def_->sharded()) {
        checkpoint::remove_temporary_shards(io::default_file_system(), prefix);
      }
      const std::string parent = checkpoint::parent_of(save_path);
      const bool about_folder = error.code() == errors::Code::kFailedPrecondition ||
                                error.code() == errors::Code::kNotFound;
      if (!about_folder || parent.empty() || io::default_file_system().is_directory(parent)) {
        throw;
      }
      errors::raise_value_error(
          fmt::format("Parent directory of {} doesn't exist, can't save.", save_path),
          {.file = parent});
    }
  }

  void write_meta_graph(Session& session, const std::string& prefix,
                        const SaveOptions& options) const {
    ExportMetaGraphOptions meta;
    meta.saver_def = def_;
    meta.graph = &session.graph();
    meta.strip_default_attrs = options.strip_default_attrs;
    meta.save_debug_info = options.save_debug_info;
    meta.durability = options.durability;
    train::export_meta_graph(meta_graph_filename(prefix, options.meta_graph_suffix), meta);
  }

  // The list, then the file, and only when that is in place the removal of what left the list.
  void write_state(const std::string& save_path, const std::string& saved,
                   const SaveOptions& options) {
    io::FileSystem& files = io::default_file_system();
    retention::State next = kept_;
    retention::record(next, retention_, saved, now());
    CheckpointStateOptions state;
    for (const auto& checkpoint : next.last_checkpoints) {
      state.all_model_checkpoint_paths.push_back(checkpoint.path);
    }
    state.latest_filename = options.latest_filename;
    state.save_relative_paths = options_.save_relative_paths;
    state.durable = options.durability == Durability::kDurable;
    checkpoint::update_state(files, checkpoint::parent_of(save_path), saved, state);
    kept_ = std::move(next);
    const auto removal = retention::take_removal(kept_, retention_);
    if (!removal) return;
    const bool v2 = def_->version() == SaverDef::V2;
    try {
      checkpoint::remove_checkpoint(
          files, *removal, v2 ? CheckpointFormatVersion::kV2 : CheckpointFormatVersion::kV1,
          options.meta_graph_suffix);
    } catch (const errors::Error&) {
      // As in TensorFlow, a checkpoint that cannot be removed does not make the save fail.
    }
  }

  static CheckpointReader open(const std::string& save_path) {
    try {
      return CheckpointReader(save_path);
    } catch (const errors::NotFoundError& error) {
      errors::raise_value_error(
          fmt::format("The passed save_path is not a valid checkpoint: {}\n{}", save_path,
                      error.message()),
          {.file = save_path});
    }
  }

  SaverOptions options_;
  std::optional<SaverDef> def_;
  bool built_ = false;
  bool empty_ = false;
  retention::Options retention_;
  retention::State kept_;
};

Saver::Saver(const SaverOptions& options) : impl_(std::make_shared<Impl>(options)) {}

Saver::Saver(const VarList& var_list, SaverOptions options) {
  options.var_list = var_list;
  impl_ = std::make_shared<Impl>(std::move(options));
}

void Saver::build() {
  impl_->build();
}

std::string Saver::save(Session& session, const std::string& save_path,
                        const SaveOptions& options) {
  return impl_->save(session, save_path, options);
}

void Saver::restore(Session& session, const std::optional<std::string>& save_path) {
  impl_->restore(session, save_path);
}

std::vector<std::string> Saver::last_checkpoints() const {
  std::vector<std::string> paths;
  for (const auto& checkpoint : impl_->kept().last_checkpoints) paths.push_back(checkpoint.path);
  return paths;
}

void Saver::set_last_checkpoints(const std::vector<std::string>& last_checkpoints) {
  auto& list = impl_->kept().last_checkpoints;
  list.clear();
  for (const std::string& path : last_checkpoints) {
    list.push_back({path, std::numeric_limits<double>::infinity()});
  }
}

void Saver::set_last_checkpoints_with_time(
    const std::vector<std::pair<std::string, double>>& last_checkpoints_with_time) {
  auto& list = impl_->kept().last_checkpoints;
  list.clear();
  for (const auto& [path, time] : last_checkpoints_with_time) list.push_back({path, time});
}

void Saver::recover_last_checkpoints(const std::vector<std::string>& checkpoint_paths) {
  auto& list = impl_->kept().last_checkpoints;
  list.clear();
  for (const std::string& path : checkpoint_paths) {
    const auto times = checkpoint::get_checkpoint_mtimes(io::default_file_system(), {path});
    if (!times.empty()) list.push_back({path, times[0]});
  }
}

const SaverDef& Saver::as_saver_def() const {
  if (!impl_->def()) raise_runtime_error("the Saver has no nodes: it is empty, or not built yet");
  return *impl_->def();
}

std::optional<SaverDef> Saver::to_proto(const std::string& export_scope) const {
  return impl_->to_proto(export_scope);
}

Saver Saver::from_proto(const SaverDef& saver_def, const std::string& import_scope) {
  return Saver({.name = import_scope, .saver_def = saver_def});
}

MetaGraphDef Saver::export_meta_graph(const std::string& filename,
                                      const SaverExportMetaGraphOptions& options) const {
  ExportMetaGraphOptions meta;
  meta.saver_def = impl_->def();
  meta.collection_list = options.collection_list;
  meta.as_text = options.as_text;
  meta.export_scope = options.export_scope;
  meta.clear_devices = options.clear_devices;
  meta.clear_extraneous_savers = options.clear_extraneous_savers;
  meta.strip_default_attrs = options.strip_default_attrs;
  meta.save_debug_info = options.save_debug_info;
  return train::export_meta_graph(filename, meta);
}

Saver::operator CollectionItem() const {
  return std::static_pointer_cast<CollectionObject>(impl_);
}

std::optional<Saver> Saver::from_collection_item(const CollectionItem& item) {
  const auto* object = std::get_if<std::shared_ptr<CollectionObject>>(&item);
  if (object == nullptr) return std::nullopt;
  auto impl = std::dynamic_pointer_cast<Impl>(*object);
  return impl ? std::optional(Saver(std::move(impl))) : std::nullopt;
}

}  // namespace tensorkeep::train
