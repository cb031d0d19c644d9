#pragma once

#include <string>
#include <vector>

#include "graph/op_registry.h"
#include "tensorkeep/input.h"
#include "tensorkeep/op_builder.h"
#include "tensorkeep/scopes.h"

namespace tensorkeep::ops {

// The scope of a function that adds several nodes: the graph of its inputs is the default graph,
// and `name` (or else `default_name`) the name scope, while this lives.
class OpScope {
 public:
  OpScope(const std::vector<Input>& inputs, const std::string& name, const char* default_name)
      : OpScope(graph_of(inputs), name, default_name) {}
  OpScope(Graph& graph, const std::string& name, const char* default_name)
      : default_graph_(graph), scope_(graph, name, default_name) {}

  // "a/b/": an operation given this name is "a/b".
  const std::string& name() const { return scope_.name(); }

 private:
  Graph::AsDefault default_graph_;
  NameScope scope_;
};

// What an operation is to us, a row a table.
struct OpRow {
  const char* op;
  OpTraits traits;
};

template <std::size_t kCount>
void add_rows(OpRegistry& registry, const OpRow (&rows)[kCount]) {
  for (const OpRow& row : rows) registry.add(row.op, row.traits);
}

// One operation without attributes, called `name` or else as its type.
inline Output unary(const char* type, const std::string& name, const Input& x) {
  return OpBuilder(type, name).input(x).output();
}
inline Output binary(const char* type, const std::string& name, const Input& a, const Input& b) {
  return OpBuilder(type, name).input(a).input(b).output();
}

// A Const of `dtype` in the scope of the moment.
inline Output const_of(const Literal& value, DType dtype, const char* name = "Const") {
  return Input(value).to_tensor(name, base_dtype(dtype));
}

}  // namespace tensorkeep::ops
