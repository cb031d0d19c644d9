#pragma once

#include <string>

#include "tensorkeep/graph.h"

// What a MetaGraphDef holds beside its graph, saver and collections, and what only files know:
// signatures, assets, tags, the definitions of operations that nobody here has, fields newer than
// this library. A graph carries them from its import to its export. Names of tensors go with the
// scopes of both.
namespace tensorkeep::train {

void carry_parts(const MetaGraphDef& from, const std::string& import_scope, Graph& into);

// The other way round, beside what `into` holds. Of signatures and assets, those whose tensors all
// lie in `export_scope`.
void write_carried_parts(const Graph& from, const std::string& export_scope, MetaGraphDef& into);

}  // namespace tensorkeep::train
