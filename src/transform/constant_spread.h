#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "tensorkeep/dtype.h"
#include "tensorkeep/proto.h"

namespace tensorkeep::transform {

// The attribute, or an empty one.
const proto::AttrValue& attr_of(const proto::NodeDef& node, const std::string& name);

// Variables of a graph become constants, and whatever a variable's reference or handle reaches
// becomes what it would be for a value: reads, gathers, the switches and loops that hand it on, the
// functions it is an argument of. Function names get the ending "_frozen_N" where they change.
class ConstantSpread {
 public:
  // Works on `graph_def` in place; it must outlive this.
  explicit ConstantSpread(proto::GraphDef& graph_def);

  // Makes the node `variable` of the graph a Const of this value and follows it.
  void replace(const std::string& variable, proto::TensorProto value);

  // A node that takes the reference or handle of a replaced variable for itself (an assignment),
  // and so has no meaning any more.
  struct Writer {
    const proto::NodeDef* node;
    bool in_function;
    std::string variable;
  };
  const std::vector<Writer>& writers() const { return writers_; }

  // Renames what is left to rename. The last call.
  void finish();

 private:
  using Nodes = google::protobuf::RepeatedPtrField<proto::NodeDef>;
  struct Use {
    int body;
    int node;
    int input;
  };
  // The graph itself or one function.
  struct Body {
    Nodes* nodes = nullptr;
    proto::FunctionDef* function = nullptr;
    bool changed = false;
    // By the name of a node or an argument.
    std::unordered_map<std::string, std::vector<Use>> uses = {};
  };

  void add_body(Nodes& nodes, proto::FunctionDef* function);
  void follow(int body, const std::string& name);
  void follow_argument(int body, int argument);
  void convert(const Use& use);
  void convert_read(const Use& use, proto::NodeDef& node);
  void convert_gather(const Use& use, proto::NodeDef& node);
  bool hand_on(const Use& use, proto::NodeDef& node);
  bool call(const Use& use, proto::NodeDef& node);
  void go_around(proto::NodeDef& loop, int argument);
  void note_writer(const Use& use, const proto::NodeDef& node);
  std::vector<int> functions_called(const proto::NodeDef& node) const;
  std::unordered_map<std::string, std::string> frozen_names() const;

  proto::GraphDef& graph_def_;
  std::vector<Body> bodies_;
  std::unordered_map<std::string, int> functions_;  // names to bodies
  std::vector<Use> pending_;                        // the last comes first
  std::unordered_set<std::string> done_;            // "body/node/input"
  std::vector<Writer> writers_;

  // Of the variable at hand.
  std::string variable_;
  DType dtype_ = DType::kInvalid;
  proto::TensorShapeProto shape_;
};

}  // namespace tensorkeep::transform
