#pragma once

#include <string>
#include <vector>

#include "tensorkeep/graph.h"
#include "tensorkeep/input.h"

namespace tensorkeep {

// Adds one operation the way TensorFlow's generated wrappers do: opens the operation's name scope,
// converts literals inside it (a Const named after the argument), infers type and number
// attributes from the inputs, and checks them against the definition.
//   return OpBuilder("MatMul", name).input(a).input(b).attr("transpose_a", false).output();
// `name` may end with a slash to be taken exactly.
class OpBuilder {
 public:
  explicit OpBuilder(std::string type, std::string name = "");

  OpBuilder& input(Input value);                 // the next argument of the definition
  OpBuilder& inputs(std::vector<Input> values);  // the next argument, which is a list
  OpBuilder& attr(const std::string& name, const Attr& value);
  OpBuilder& control_inputs(std::vector<Operation*> ops);

  // Makes the operation in the graph of its inputs, else in the default graph.
  Operation* build();
  Output output() { return build()->output(0); }
  std::vector<Output> outputs() { return build()->outputs(); }

 private:
  struct Argument {
    bool list = false;
    std::vector<Input> values;
  };

  std::string type_;
  std::string name_;
  std::vector<Argument> arguments_;
  AttrMap attrs_;
  std::vector<Operation*> control_inputs_;
};

}  // namespace tensorkeep
