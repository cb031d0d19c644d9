#pragma once

#include <map>
#include <optional>
#include <string>

#include "tensorkeep/proto.h"
#include "tensorkeep/tensorkeep.h"

// The programs of programs/*.py in C++, by the same names.
namespace tensorkeep::testing {

namespace tf = tensorkeep;

// What a program makes: its Saver, or none.
using MaybeSaver = std::optional<tf::train::Saver>;
using Build = MaybeSaver (*)();

std::map<std::string, Build>& programs();

// The program's MetaGraphDef: its Saver's export, or that of the graph without one.
proto::MetaGraphDef meta_graph(const std::string& name);

struct RegisterProgram {
  RegisterProgram(const char* name, Build build) { programs().emplace(name, build); }
};

// PROGRAM(name) { ...builds into the default graph...; return a Saver or nullopt; }
#define PROGRAM(name)                                                \
  static MaybeSaver build_##name();                                  \
  static const RegisterProgram register_##name(#name, build_##name); \
  static MaybeSaver build_##name()

}  // namespace tensorkeep::testing
