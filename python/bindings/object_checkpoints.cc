#include <nanobind/nanobind.h>

#include "bindings.h"
#include "convert.h"
#include "progress.h"
#include "python_objects.h"
#include "saver_arguments.h"
#include "session_ref.h"
#include "tensorkeep/checkpoint.h"
#include "tensorkeep/checkpoint_manager.h"

namespace tensorkeep::python {
namespace {

using namespace literals;

using train::Checkpoint;
using train::CheckpointLoadStatus;
using train::CheckpointManager;
using train::Trackable;

// Variables, optimizers, checkpoints, and lists and dicts of these.
Trackable trackable_of(nb::handle object) {
  if (nb::isinstance<VariableRef>(object)) return nb::inst_ptr<VariableRef>(object)->variable;
  if (nb::isinstance<train::Optimizer>(object)) return nb::cast<train::Optimizer&>(object);
  if (nb::isinstance<Checkpoint>(object)) return nb::cast<const Checkpoint&>(object);
  if (nb::hasattr(object, "_tracked")) return trackable_of(object.attr("_tracked")());
  if (PyDict_Check(object.ptr())) {
    std::vector<Trackable::Child> items;
    for (const auto& [key, value] : nb::borrow<nb::dict>(object)) {
      if (!PyUnicode_Check(key.ptr())) {
        errors::raise_value_error("Only dictionaries with string keys can be saved, not the key " +
                                  shown(key));
      }
      items.emplace_back(nb::cast<std::string>(key), trackable_of(value));
    }
    return Trackable::dict(items);
  }
  if (PyList_Check(object.ptr()) || PyTuple_Check(object.ptr())) {
    std::vector<Trackable> elements;
    for (const nb::handle element : object) elements.push_back(trackable_of(element));
    return Trackable::list(elements);
  }
  errors::raise_value_error(
      "`Checkpoint` was expecting a trackable object (an object derived from `Trackable`), got " +
      nb::cast<std::string>(nb::str(object)) +
      ". If you believe this object should be trackable, give its variables in a list or dict.");
}

std::optional<std::string> optional_text(nb::handle object) {
  if (object.is_none()) return std::nullopt;
  return to_text(object);
}

// Calls f() while other Python threads go on.
template <typename F>
void without_lock(SessionRef& session, const F& f) {
  with_graph_in_errors(session, [&] {
    const nb::gil_scoped_release released;
    f();
  });
}

void bind_status(nb::module_& m) {
  const auto assertion = [](const CheckpointLoadStatus& (CheckpointLoadStatus::*check)() const) {
    return [check](nb::handle self) {
      (nb::cast<const CheckpointLoadStatus&>(self).*check)();
      return nb::borrow(self);
    };
  };
  nb::class_<CheckpointLoadStatus>(m, "CheckpointLoadStatus",
                                   "What a restore found, and how it is run.")
      .def("assert_consumed", assertion(&CheckpointLoadStatus::assert_consumed),
           "Raises AssertionError unless every variable has a value, and every value a variable.")
      .def("assert_existing_objects_matched",
           assertion(&CheckpointLoadStatus::assert_existing_objects_matched),
           "Raises AssertionError if one of the program's objects has no value in the checkpoint; "
           "returns itself.")
      .def("assert_nontrivial_match", assertion(&CheckpointLoadStatus::assert_nontrivial_match),
           "Raises AssertionError if nothing but the root matched; returns itself.")
      .def("expect_partial", assertion(&CheckpointLoadStatus::expect_partial),
           "Does nothing: what is left over is never warned of; returns itself.")
      .def("_run_restore_ops",
           [](const CheckpointLoadStatus& self, nb::handle session) {
             SessionRef& ref = to_session(session);
             const ProgressBar bar("Restoring", "variables");
             without_lock(ref, [&] { self.run_restore_ops(ref.session); });
           })
      .def("_initialize_or_restore",
           [](const CheckpointLoadStatus& self, nb::handle session) {
             SessionRef& ref = to_session(session);
             const ProgressBar bar("Restoring", "variables");
             without_lock(ref, [&] { self.initialize_or_restore(ref.session); });
           })
      .def("unused_values", &CheckpointLoadStatus::unused_values,
           "Paths of values that have no variable.");
}

using Write = std::string (Checkpoint::*)(Session&, const std::string&,
                                          const train::CheckpointOptions&) const;

template <Write kWrite>
std::string write_checkpoint(const Checkpoint& self, nb::handle session, const Text& file_prefix) {
  SessionRef& ref = to_session(session);
  std::string path;
  const ProgressBar bar("Saving", file_prefix.value);
  without_lock(ref, [&] { path = (self.*kWrite)(ref.session, file_prefix.value, {}); });
  return path;
}

void bind_checkpoint(nb::module_& m) {
  nb::class_<Checkpoint>(m, "CheckpointBase", nb::dynamic_attr(), nb::is_weak_referenceable())
      .def(nb::init<>())
      .def("_track", [](Checkpoint& self, const std::string& name,
                        nb::handle object) { self.track(name, trackable_of(object)); })
      .def("_untrack", &Checkpoint::untrack)
      .def_prop_ro("save_counter", &Checkpoint::save_counter, "The variable that counts the saves.")
      .def("_save", &write_checkpoint<&Checkpoint::save>)
      .def("_write", &write_checkpoint<&Checkpoint::write>)
      .def(
          "_restore",
          [](const Checkpoint& self, nb::handle path) { return self.restore(optional_text(path)); },
          "save_path"_a)
      .def(
          "_read",
          [](const Checkpoint& self, nb::handle path) { return self.read(optional_text(path)); },
          "save_path"_a);
}

void bind_manager(nb::module_& m) {
  nb::class_<CheckpointManager>(m, "CheckpointManagerBase", nb::dynamic_attr())
      .def(
          "__init__",
          [](CheckpointManager* self, const Checkpoint& checkpoint, const Text& directory,
             const OptionalInt& max_to_keep, nb::handle keep_checkpoint_every_n_hours,
             const std::string& checkpoint_name, nb::handle step_counter,
             const OptionalInt& checkpoint_interval, nb::handle init_fn) {
            train::CheckpointManagerOptions options{
                .checkpoint_name = checkpoint_name,
                .step_counter = to_global_step(step_counter),
                .checkpoint_interval = checkpoint_interval.value};
            if (!keep_checkpoint_every_n_hours.is_none()) {
              options.keep_checkpoint_every_n_hours =
                  nb::cast<double>(keep_checkpoint_every_n_hours);
            }
            if (!init_fn.is_none()) {
              options.init_fn = [function = SharedObject(nb::borrow(init_fn))] {
                const nb::gil_scoped_acquire acquired;
                function.get()();
              };
            }
            std::optional<int> most;
            if (max_to_keep.value) most = static_cast<int>(*max_to_keep.value);
            new (self) CheckpointManager(checkpoint, directory.value, most, options);
          },
          "checkpoint"_a, "directory"_a, "max_to_keep"_a, "keep_checkpoint_every_n_hours"_a,
          "checkpoint_name"_a, "step_counter"_a, "checkpoint_interval"_a, "init_fn"_a)
      .def(
          "_save",
          [](CheckpointManager& self, nb::handle session, nb::handle checkpoint_number,
             bool check_interval) -> nb::object {
            SessionRef& ref = to_session(session);
            const train::ManagerSaveOptions options{
                .checkpoint_number = to_global_step(checkpoint_number),
                .check_interval = check_interval};
            std::optional<std::string> path;
            const ProgressBar bar("Saving", self.directory() + "/");
            without_lock(ref, [&] { path = self.save(ref.session, options); });
            return path ? nb::cast(*path) : nb::none();
          },
          "session"_a, "checkpoint_number"_a, "check_interval"_a)
      .def("_restore_or_initialize",
           [](CheckpointManager& self, nb::handle session) -> nb::object {
             SessionRef& ref = to_session(session);
             std::optional<std::string> path;
             const ProgressBar bar("Restoring", self.directory());
             without_lock(ref, [&] { path = self.restore_or_initialize(ref.session); });
             return path ? nb::cast(*path) : nb::none();
           })
      .def_prop_ro(
          "latest_checkpoint",
          [](const CheckpointManager& self) -> nb::object {
            const auto& path = self.latest_checkpoint();
            return path ? nb::cast(*path) : nb::none();
          },
          "The prefix of the newest checkpoint; None if there is none.")
      .def_prop_ro("checkpoints", &CheckpointManager::checkpoints,
                   "A list of the kept checkpoints' prefixes, oldest first.")
      .def_prop_ro("directory", &CheckpointManager::directory, "The folder it saves to.")
      .def_prop_ro(
          "checkpoint_interval",
          [](const CheckpointManager& self) -> nb::object {
            const auto interval = self.checkpoint_interval();
            return interval ? nb::cast(*interval) : nb::none();
          },
          "How many steps lie between two saves at least; None if that is not asked.");
}

}  // namespace

void bind_object_checkpoints(nb::module_& root) {
  nb::module_ m = root.attr("train");
  bind_status(m);
  bind_checkpoint(m);
  bind_manager(m);
}

}  // namespace tensorkeep::python
