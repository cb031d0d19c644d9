#include "tensorkeep/checkpoint_manager.h"

#include <fmt/format.h>

#include "checkpoint/management.h"
#include "checkpoint/state_file.h"
#include "io/default_file_system.h"
#include "retention/manager.h"
#include "tensorkeep/errors.h"
#include "train/checkpoint_impl.h"
#include "train/wall_clock.h"

namespace tensorkeep::train {

class CheckpointManager::Impl {
 public:
  Impl(Checkpoint checkpoint, const std::string& directory, std::optional<int> max_to_keep,
       const CheckpointManagerOptions& options)
      : checkpoint_(std::move(checkpoint)),
        directory_(directory),
        options_(options),
        retention_{max_to_keep, options.keep_checkpoint_every_n_hours},
        last_step_(options.last_checkpoint_step) {
    if (max_to_keep && *max_to_keep <= 0) {
      errors::raise_value_error(fmt::format(
          "Expected a positive integer or `None` for `max_to_keep`, got {}.", *max_to_keep));
    }
    if (options.checkpoint_interval && !options.step_counter.given()) {
      errors::raise_value_error(
          "`step_counter` should be passed if `checkpoint_interval` is not None.");
    }
    recover();
  }

  std::optional<std::string> save(Session& session, const ManagerSaveOptions& options) {
    std::optional<std::int64_t> step;
    if (options_.checkpoint_interval) {
      step = options_.step_counter.evaluate(session);
      if (!is_due(*step, options.check_interval)) return std::nullopt;
    }
    const std::string saved = checkpoint_.impl()->write_counted(
        session,
        [&](std::int64_t count) {
          const std::int64_t number = options.checkpoint_number.given()
                                          ? options.checkpoint_number.evaluate(session)
                                          : count;
          return fmt::format("{}-{}", io::join_path(directory_, options_.checkpoint_name), number);
        },
        {.durability = options.durability});
    if (step) last_step_ = step;
    retention::ManagerState next = kept_;
    retention::record(next, saved, now());
    write_state(next, saved, options.durability);
    kept_ = std::move(next);
    latest_ = saved;
    // Nothing is removed before the state file names the new one, and what it names is there.
    const std::vector<std::string> removals = retention::sweep(kept_, retention_);
    for (const std::string& prefix : removals) {
      try {
        checkpoint::remove_v2(files(), prefix);
      } catch (const errors::Error&) {
        // It is no longer managed, but the new checkpoint is safe.
      }
    }
    write_state(kept_, saved, options.durability);
    return saved;
  }

  std::optional<std::string> restore_or_initialize(Session& session) {
    if (latest_) {
      checkpoint_.restore(*latest_).run_restore_ops(session);
      if (options_.checkpoint_interval) last_step_ = options_.step_counter.evaluate(session);
      return latest_;
    }
    if (options_.init_fn) options_.init_fn();
    return std::nullopt;
  }

  const std::optional<std::string>& latest() const { return latest_; }
  const retention::ManagerState& kept() const { return kept_; }
  const std::string& directory() const { return directory_; }
  const CheckpointManagerOptions& options() const { return options_; }
  const Checkpoint& checkpoint() const { return checkpoint_; }

 private:
  static io::FileSystem& files() { return io::default_file_system(); }

  void recover() {
    const auto state = checkpoint::get_state(files(), directory_);
    if (!state) {
      kept_ = retention::new_manager_state(now());
      return;
    }
    latest_ = state->model_checkpoint_path;
    const auto& paths = state->all_model_checkpoint_paths;
    std::vector<double> times = state->all_model_checkpoint_timestamps;
    if (times.empty()) times.assign(paths.size(), state->last_preserved_timestamp);
    std::vector<retention::Checkpoint> listed;
    for (std::size_t i = 0; i < std::min(paths.size(), times.size()); ++i) {
      listed.push_back({paths[i], times[i]});
    }
    kept_ = retention::recovered_manager_state(listed, state->last_preserved_timestamp, now());
  }

  bool is_due(std::int64_t step, bool check_interval) const {
    if (!last_step_) return true;
    if (step == *last_step_) return false;
    return !check_interval || step >= *last_step_ + *options_.checkpoint_interval;
  }

  void write_state(const retention::ManagerState& state, const std::string& newest,
                   Durability durability) const {
    CheckpointStateOptions lists;
    for (const auto& [path, time] : state.managed) {
      lists.all_model_checkpoint_paths.push_back(path);
      lists.all_model_checkpoint_timestamps.push_back(time);
    }
    lists.last_preserved_timestamp = state.last_preserved;
    lists.save_relative_paths = true;
    lists.durable = durability == Durability::kDurable;
    checkpoint::update_state(files(), directory_, newest, lists);
  }

  Checkpoint checkpoint_;
  std::string directory_;
  CheckpointManagerOptions options_;
  retention::ManagerOptions retention_;
  retention::ManagerState kept_;
  std::optional<std::string> latest_;
  std::optional<std::int64_t> last_step_;
};

CheckpointManager::CheckpointManager(Checkpoint checkpoint, const std::string& directory,
                                     std::optional<int> max_to_keep,
                                     const CheckpointManagerOptions& options)
    : impl_(std::make_shared<Impl>(std::move(checkpoint), directory, max_to_keep, options)) {}

std::optional<std::string> CheckpointManager::save(Session& session,
                                                   const ManagerSaveOptions& options) {
  return impl_->save(session, options);
}

std::optional<std::string> CheckpointManager::restore_or_initialize(Session& session) {
  return impl_->restore_or_initialize(session);
}

const std::optional<std::string>& CheckpointManager::latest_checkpoint() const {
  return impl_->latest();
}

std::vector<std::string> CheckpointManager::checkpoints() const {
  std::vector<std::string> paths;
  for (const auto& checkpoint : impl_->kept().managed) paths.push_back(checkpoint.path);
  return paths;
}

const std::string& CheckpointManager::directory() const {
  return impl_->directory();
}

std::optional<std::int64_t> CheckpointManager::checkpoint_interval() const {
  return impl_->options().checkpoint_interval;
}

const Checkpoint& CheckpointManager::checkpoint() const {
  return impl_->checkpoint();
}

}  // namespace tensorkeep::train
