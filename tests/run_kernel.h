#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "graph/op_def_lookup.h"
#include "runtime/kernel.h"
#include "runtime/resource_manager.h"
#include "tensorkeep/op_builder.h"

// One execution of one kernel, without a session.
namespace tensorkeep::runtime {

class KernelRun {
 public:
  // Adds the operation to a graph of its own, fed by placeholders of unknown shape (so that what
  // shape functions would refuse reaches the kernel), and makes its kernel. Types and numbers among
  // the attributes follow from the inputs, as in TensorFlow's wrappers.
  KernelRun(const std::string& type, std::vector<Tensor> inputs,
            const std::map<std::string, Attr>& attrs = {}) {
    for (Tensor& tensor : inputs) values_.emplace_back().tensor = std::move(tensor);
    build(type, attrs);
  }
  // The same with references and resources among the inputs.
  KernelRun(const std::string& type, std::vector<Value> inputs,
            const std::map<std::string, Attr>& attrs = {})
      : values_(std::move(inputs)) {
    build(type, attrs);
  }

  const Operation& op() const { return *op_; }
  ResourceManager& resources() { return resources_; }

  // `last_use` says whether the kernel may take over the inputs' memory.
  std::vector<Value> run(bool last_use = false) {
    std::vector<Value*> inputs;
    for (Value& value : values_) inputs.push_back(&value);
    const std::unique_ptr<bool[]> last(new bool[values_.size() + 1]);
    for (std::size_t i = 0; i < values_.size(); ++i) last[i] = last_use;
    std::vector<Value> outputs(static_cast<std::size_t>(op_->num_outputs()));
    const RunOptions options;
    KernelContext context(*op_, inputs, {last.get(), values_.size()}, outputs, resources_, options);
    kernel_(context);
    return outputs;
  }

 private:
  Input placeholder(std::size_t index) {
    const Value& value = values_.at(index);
    const auto* cell = dynamic_cast<const VariableCell*>(value.resource.get());
    if (value.is_ref) {
      return OpBuilder("VariableV2")
          .attr("dtype", cell->dtype())
          .attr("shape", Shape::unknown())
          .output();
    }
    const DType dtype = value.resource ? DType::kResource : value.tensor.dtype();
    return OpBuilder("Placeholder").attr("dtype", dtype).output();
  }

  void build(const std::string& type, const std::map<std::string, Attr>& attrs) {
    const auto as_default = graph_->as_default();
    const proto::OpDef* def = graph::find_op_def(type);
    if (def == nullptr) throw errors::NotFoundError("no operation " + type);
    OpBuilder builder(type);
    std::size_t next = 0;
    for (int i = 0; i < def->input_arg_size(); ++i) {
      const auto& arg = def->input_arg(i);
      if (arg.number_attr().empty() && arg.type_list_attr().empty()) {
        builder.input(placeholder(next++));
        continue;
      }
      // A list takes what the arguments after it leave; lists of one length share that.
      std::size_t after = 0;
      std::size_t sharing = 1;
      for (int j = i + 1; j < def->input_arg_size(); ++j) {
        const std::string& number = def->input_arg(j).number_attr();
        ++(!number.empty() && number == arg.number_attr() ? sharing : after);
      }
      const std::size_t end = next + (values_.size() - after - next) / sharing;
      std::vector<Input> list;
      while (next < end) list.push_back(placeholder(next++));
      builder.inputs(std::move(list));
    }
    for (const auto& [name, value] : attrs) builder.attr(name, value);
    op_ = builder.build();
    kernel_ = KernelRegistry::global().make(*op_);
  }

  std::shared_ptr<Graph> graph_ = std::make_shared<Graph>();
  ResourceManager resources_;
  std::vector<Value> values_;
  Operation* op_ = nullptr;
  Kernel kernel_;
};

inline std::vector<Tensor> run_kernel(const std::string& type, std::vector<Tensor> inputs,
                                      const std::map<std::string, Attr>& attrs = {}) {
  KernelRun run(type, std::move(inputs), attrs);
  std::vector<Tensor> result;
  for (Value& value : run.run()) result.push_back(std::move(value.tensor));
  return result;
}

}  // namespace tensorkeep::runtime
