#include "tensorkeep/session.h"

#include <fmt/format.h>

#include <atomic>
#include <map>
#include <mutex>
#include <unordered_map>

#include "runtime/plan.h"
#include "runtime/resource_manager.h"
#include "tensorkeep/errors.h"

namespace tensorkeep {

using runtime::Kernel;
using runtime::Plan;
using runtime::Request;

class Session::Impl {
 public:
  explicit Impl(Graph& graph) : graph_(graph), keep_alive_(graph.weak_from_this().lock()) {}

  Graph& graph() const { return graph_; }

  std::vector<Tensor> run(const std::vector<Fetch>& fetches, const Feeds& feeds,
                          const RunOptions& options) {
    if (closed_) {
      throw errors::FailedPreconditionError("Attempted to use a closed Session.",
                                            {.python_class = errors::PythonClass::kRuntimeError});
    }
    if (graph_.operations().empty()) {
      throw errors::FailedPreconditionError(
          "The Session graph is empty. Add operations to the graph before calling run().",
          {.python_class = errors::PythonClass::kRuntimeError});
    }
    Request request;
    std::vector<bool> has_value;
    for (const Fetch& fetch : fetches) has_value.push_back(add_fetch(fetch, request));
    std::vector<Tensor> fed;
    for (const auto& [key, value] : feeds) {
      request.feeds.push_back(key);
      fed.push_back(feed_value(key, value));
    }
    std::vector<Tensor> values = plan_for(request)->run(fed, resources_, options);
    std::vector<Tensor> results;
    std::size_t next = 0;
    for (const bool wanted : has_value) {
      results.push_back(wanted ? std::move(values[next++]) : Tensor());
    }
    return results;
  }

  void close() {
    closed_ = true;
    const std::lock_guard guard(mutex_);
    plans_.clear();
    kernels_.clear();
    resources_.clear();
  }

 private:
  // Whether the fetch has a value.
  bool add_fetch(const Fetch& fetch, Request& request) {
    std::variant<Operation*, Output> element;
    if (const auto* name = std::get_if<std::string>(&fetch.value())) {
      element = graph_.as_graph_element(*name);
    } else if (const auto* op = std::get_if<Operation*>(&fetch.value())) {
      element = *op;
    } else {
      element = std::get<Output>(fetch.value());
    }
    if (const auto* op = std::get_if<Operation*>(&element)) {
      if (*op == nullptr) errors::raise_type_error("Fetch argument None has invalid type");
      check_own((*op)->graph(), (*op)->name(), "Fetch argument");
      check_fetchable(**op);
      request.targets.push_back(*op);
      return false;
    }
    const Output tensor = std::get<Output>(element);
    if (!tensor) errors::raise_type_error("Fetch argument None has invalid type");
    check_own(tensor.graph(), tensor.to_string(), "Fetch argument");
    check_fetchable(tensor.op());
    request.fetches.push_back(tensor);
    return true;
  }

  static void check_fetchable(const Operation& op) {
    if (op.fetchable()) return;
    errors::raise_value_error(
        fmt::format("Operation {} has been marked as not fetchable. It lies in a branch of a cond "
                    "or in a while_loop: fetch what those return.",
                    op.name()),
        {.node = op.name()});
  }

  void check_own(const Graph& graph, const std::string& what, const char* role) const {
    if (&graph == &graph_) return;
    errors::raise_value_error(
        fmt::format("{} {} cannot be interpreted as a Tensor. (Tensor {} is "
                    "not an element of this graph.)",
                    role, what, what));
  }

  Tensor feed_value(const Output& key, const Literal& value) const {
    if (!key) errors::raise_type_error("Cannot interpret feed_dict key as Tensor: it is none");
    if (&key.graph() != &graph_) {
      errors::raise_type_error(fmt::format(
          "Cannot interpret feed_dict key as Tensor: Tensor {} is not an element of this "
          "graph.",
          key.to_string()));
    }
    Tensor tensor = value.to_tensor(base_dtype(key.dtype()));
    if (!tensor.shape().compatible_with(key.shape())) {
      errors::raise_value_error(
          fmt::format("Cannot feed value of shape {} for Tensor {}, which has shape {}",
                      tensor.shape().to_string(), key.name(), key.shape().to_string()),
          {.node = key.op().name()});
    }
    if (!key.op().feedable()) {
      errors::raise_value_error(
          fmt::format("Tensor {} may not be fed. It lies in a while_loop: feed what enters it.",
                      key.name()),
          {.node = key.op().name()});
    }
    return tensor;
  }

  std::shared_ptr<const Plan> plan_for(const Request& request) {
    std::vector<std::uint64_t> signature;
    const auto add = [&](const Operation& op, int index) {
      signature.push_back((static_cast<std::uint64_t>(op.id()) << 20) |
                          static_cast<std::uint64_t>(index + 1));
    };
    for (const Output& feed : request.feeds) add(feed.op(), feed.index());
    signature.push_back(~std::uint64_t{0});
    for (const Output& fetch : request.fetches) add(fetch.op(), fetch.index());
    signature.push_back(~std::uint64_t{0});
    for (const Operation* target : request.targets) add(*target, -1);

    const std::lock_guard guard(mutex_);
    if (version_ != graph_.version()) {
      plans_.clear();
      kernels_.clear();
      version_ = graph_.version();
    }
    auto& plan = plans_[signature];
    if (!plan) {
      try {
        plan = std::make_shared<const Plan>(
            request, [this](const Operation& op) { return kernel_of(op); }, resources_);
      } catch (...) {
        plans_.erase(signature);
        throw;
      }
    }
    return plan;
  }

  std::shared_ptr<const Kernel> kernel_of(const Operation& op) {
    auto& kernel = kernels_[&op];
    if (!kernel) {
      kernel = std::make_shared<const Kernel>(runtime::KernelRegistry::global().make(op));
    }
    return kernel;
  }

  Graph& graph_;
  std::shared_ptr<Graph> keep_alive_;
  runtime::ResourceManager resources_;
  std::atomic<bool> closed_{false};
  std::mutex mutex_;  // guards what follows
  std::uint64_t version_ = 0;
  std::map<std::vector<std::uint64_t>, std::shared_ptr<const Plan>> plans_;
  std::unordered_map<const Operation*, std::shared_ptr<const Kernel>> kernels_;
};

Session::Session() : Session(get_default_graph()) {}
Session::Session(Graph& graph) : impl_(std::make_unique<Impl>(graph)) {}
Session::~Session() = default;

Graph& Session::graph() const {
  return impl_->graph();
}

Tensor Session::run(const Fetch& fetch, const Feeds& feeds, const RunOptions& options) {
  return std::move(impl_->run({fetch}, feeds, options)[0]);
}

std::vector<Tensor> Session::run(const std::vector<Fetch>& fetches, const Feeds& feeds,
                                 const RunOptions& options) {
  return impl_->run(fetches, feeds, options);
}

void Session::close() {
  impl_->close();
}

Tensor Output::eval(Session& session, const Feeds& feeds) const {
  return session.run(*this, feeds);
}

void Operation::run(Session& session, const Feeds& feeds) {
  session.run(this, feeds);
}

}  // namespace tensorkeep
