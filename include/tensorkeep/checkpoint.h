#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tensorkeep/durability.h"
#include "tensorkeep/graph.h"
#include "tensorkeep/optimizers.h"
#include "tensorkeep/session.h"
#include "tensorkeep/variable.h"

// Object-based checkpoints, as TensorFlow 2 has them: variables are saved under the names that the
// program's objects have for them ("model/w"), not under their names in the graph, and the file
// tells the objects too. Everything here is for one thread at a time.
namespace tensorkeep::train {

class Checkpoint;

// An object that a Checkpoint saves: a variable; an optimizer, with the variables it keeps; or a
// group of named children. A handle: copies are the same object, and so are two made of one
// variable or one optimizer. Variables and optimizers must live as long as they are tracked.
class Trackable {
 public:
  using Child = std::pair<std::string, Trackable>;

  Trackable();  // a group without children
  // Throws InvalidArgumentError (ValueError) for no variable: "`Checkpoint` was expecting a
  // trackable object ...".
  Trackable(const Variable& variable);
  template <std::same_as<AnyVariable> T>
  Trackable(const T& any) : Trackable(Variable(any)) {}
  Trackable(Optimizer& optimizer);
  template <std::derived_from<Optimizer> T>
  Trackable(std::shared_ptr<T> optimizer) : Trackable(std::shared_ptr<Optimizer>(optimizer), 0) {}
  Trackable(const Checkpoint& checkpoint);
  // A group with the children "0", "1", ...
  static Trackable list(const std::vector<Trackable>& elements);
  // A group of these children, in this order.
  static Trackable dict(const std::vector<Child>& items);

  // Adds a child to a group, or puts another one in the place of the child of that name. Throws
  // InvalidArgumentError (TypeError) if this is no group.
  void track(const std::string& name, const Trackable& child);
  // Takes a child away, if there is one of that name.
  void untrack(const std::string& name);

  // Of a group, its children in their order; of an optimizer, the variables it keeps in the default
  // graph beside no other ("beta1_power"), by name.
  std::vector<Child> children() const;
  Variable variable() const;           // none if this is none
  const Optimizer* optimizer() const;  // null if this is none
  const void* id() const;              // the same for all handles of one object

 private:
  struct Object;
  Trackable(std::shared_ptr<Optimizer> optimizer, int);
  std::shared_ptr<Object> object_;
};

struct CheckpointOptions {
  Durability durability = Durability::kDurable;
};

// What a restore found, and what is left to be run. A handle. Objects and slots that come into
// being later are found by the call that follows.
//
// The assertions throw InvalidArgumentError (AssertionError in Python), and always do for a
// restore of no path.
class CheckpointLoadStatus {
 public:
  // Every variable is in the checkpoint, and every value of the checkpoint has a variable.
  const CheckpointLoadStatus& assert_consumed() const;
  // Every variable is in the checkpoint.
  const CheckpointLoadStatus& assert_existing_objects_matched() const;
  // Something beside the root is in the checkpoint.
  const CheckpointLoadStatus& assert_nontrivial_match() const;
  // TensorFlow warns of values that were not asked for, unless this is called. Here a program asks
  // for unused_values().
  const CheckpointLoadStatus& expect_partial() const { return *this; }

  // Assigns what the checkpoint has to the variables that are there. All is read and checked
  // first: every value that is missing or mis-shaped or mis-typed is in one NotFoundError or
  // InvalidArgumentError, and then nothing is assigned; DataLossError for a damaged file.
  void run_restore_ops(Session& session) const;
  // The same; then initialises the variables that the checkpoint does not have, unless a later
  // restore has them. Without a path, all are initialised.
  void initialize_or_restore(Session& session) const;

  // Values of the checkpoint that have no variable: "(root).model.w". Empty for checkpoints by
  // name.
  std::vector<std::string> unused_values() const;

  class Impl;
  explicit CheckpointLoadStatus(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

 private:
  std::shared_ptr<Impl> impl_;
};

// Saves a tree of objects. A handle: copies are the same checkpoint.
//   tf::train::Checkpoint checkpoint({{"model", tf::train::Trackable::dict({{"w", w}, {"b", b}})},
//                                     {"optimizer", optimizer}});
//   checkpoint.save(session, "model/ckpt");  // model/ckpt-1.index, .data-..., and `checkpoint`
class Checkpoint {
 public:
  Checkpoint();
  // The children of its root, tracked in byte order of their names. Throws InvalidArgumentError
  // (ValueError) for a name that comes twice, or "save_counter".
  explicit Checkpoint(const std::vector<Trackable::Child>& objects);

  // As Trackable's, of the root.
  void track(const std::string& name, const Trackable& child);
  void untrack(const std::string& name);

  // An int64 that counts the saves; made, as a resource variable, when it is first asked for. It is
  // the root's child from then on.
  Variable save_counter() const;

  // Counts the save, writes FILE_PREFIX-<count> and names it, alone, in the folder's `checkpoint`
  // file. Returns the prefix. Folders that are missing are made. If writing fails, what was there
  // is unchanged, and so is the counter.
  //
  // Throws FailedPreconditionError for variables that are not initialised; UnimplementedError "A
  // slot variable was re-used as a dependency of a Trackable object: ..."; and what writing throws.
  std::string save(Session& session, const std::string& file_prefix,
                   const CheckpointOptions& options = {}) const;
  // Writes FILE_PREFIX, and nothing else. Adds no nodes to the graph.
  std::string write(Session& session, const std::string& file_prefix,
                    const CheckpointOptions& options = {}) const;

  // Looks into a checkpoint, which may be named by its prefix, any of its files or a folder; the
  // status assigns. One made by a Saver is read by the variables' names. Adds nodes to the graph
  // of the variables. Makes the save counter, which read() does not. Throws NotFoundError if there
  // is no checkpoint, DataLossError for damaged files.
  CheckpointLoadStatus restore(const std::optional<std::string>& save_path) const;
  CheckpointLoadStatus read(const std::optional<std::string>& save_path) const;

  class Impl;
  const std::shared_ptr<Impl>& impl() const { return impl_; }

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace tensorkeep::train
