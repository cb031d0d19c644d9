#include <fmt/format.h>

#include "graph/shape_inference.h"
#include "ops/families.h"
#include "ops/op_scope.h"

// Shapes of the operations on hash tables.
namespace tensorkeep::ops {
namespace {

// Handles of the first kind are the names of container and table.
void reference(ShapeContext& c) {
  c.set_output(0, Shape{2});
}

void check_handle(ShapeContext& c) {
  if (!is_ref(c.op().input(0).dtype())) {
    (void)c.input_with_rank(0, 0);
    return;
  }
  const Shape shape = c.input_with_rank(0, 1);
  const std::int64_t size = shape.dim(0);
  if (size >= 0 && size != 2) c.fail(fmt::format("Dimension must be 2 but is {}", size));
}

// What is known of the table behind a resource: its definition, as long as the handle comes from
// there directly. TensorFlow knows nothing of static tables.
const Operation* mutable_table(const ShapeContext& c) {
  const Operation& op = c.op().input(0).op();
  const std::string& type = op.type();
  const bool known = type == "MutableHashTableV2" || type == "MutableHashTableOfTensorsV2" ||
                     type == "MutableDenseHashTableV2";
  return known ? &op : nullptr;
}

void check_dtype(const ShapeContext& c, const Operation& table, const char* table_attr,
                 const char* attr) {
  const DType have = table.attr_dtype(table_attr);
  const DType wanted = c.op().attr_dtype(attr);
  if (have == wanted) return;
  c.fail(fmt::format("Trying to read value with wrong dtype. Expected {} got {}", op_name_of(have),
                     op_name_of(wanted)));
}

void find(ShapeContext& c) {
  check_handle(c);
  const Operation* const table = mutable_table(c);
  if (table == nullptr) return shape_fn::unknown(c);
  check_dtype(c, *table, "key_dtype", "Tin");
  check_dtype(c, *table, "value_dtype", "Tout");
  const Shape row = table->has_attr("value_shape") ? table->attr_shape("value_shape") : Shape();
  const Shape& keys = c.input(1);
  c.set_output(0, keys.rank_known() && row.rank_known() ? keys.concatenate(row) : Shape::unknown());
}

void export_values(ShapeContext& c) {
  check_handle(c);
  shape_fn::unknown(c);
  if (const Operation* const table = mutable_table(c)) {
    check_dtype(c, *table, "key_dtype", "Tkeys");
    check_dtype(c, *table, "value_dtype", "Tvalues");
  } else if (is_ref(c.op().input(0).dtype())) {
    c.set_output(0, Shape{None});
  }
}

void size(ShapeContext& c) {
  check_handle(c);
  shape_fn::scalar(c);
}

void insert(ShapeContext& c) {
  check_handle(c);
}

void import(ShapeContext& c) {
  check_handle(c);
  const Shape keys = c.input_with_rank_at_least(1, 1);
  const Shape values = c.input_with_rank_at_least(2, 1);
  if (keys.rank_known() && values.rank_known()) (void)c.merge_dims(keys.dim(0), values.dim(0));
}

void remove(ShapeContext& c) {
  check_handle(c);
  (void)c.input_with_rank_at_least(1, 1);
}

void initialize(ShapeContext& c) {
  check_handle(c);
  (void)c.merge_shapes(c.input_with_rank(1, 1), c.input(2));
}

}  // namespace

void register_lookup(OpRegistry& registry) {
  const OpRow rows[] = {
      {"HashTable", {.shape = reference, .not_differentiable = true}},
      {"HashTableV2", {.shape = shape_fn::scalar, .not_differentiable = true}},
      {"MutableHashTable", {.shape = reference, .not_differentiable = true}},
      {"MutableHashTableV2", {.shape = shape_fn::scalar, .not_differentiable = true}},
      {"MutableHashTableOfTensors", {.shape = reference, .not_differentiable = true}},
      {"MutableHashTableOfTensorsV2", {.shape = shape_fn::scalar, .not_differentiable = true}},
      {"MutableDenseHashTable", {.shape = reference, .not_differentiable = true}},
      {"MutableDenseHashTableV2", {.shape = shape_fn::scalar, .not_differentiable = true}},
      {"LookupTableFind", {.shape = find, .not_differentiable = true}},
      {"LookupTableFindV2", {.shape = find, .not_differentiable = true}},
      {"LookupTableSize", {.shape = size, .not_differentiable = true}},
      {"LookupTableSizeV2", {.shape = size, .not_differentiable = true}},
      {"LookupTableExport", {.shape = export_values, .not_differentiable = true}},
      {"LookupTableExportV2", {.shape = export_values, .not_differentiable = true}},
      {"LookupTableInsert", {.shape = insert, .not_differentiable = true}},
      {"LookupTableInsertV2", {.shape = insert, .not_differentiable = true}},
      {"LookupTableImport", {.shape = import, .not_differentiable = true}},
      {"LookupTableImportV2", {.shape = import, .not_differentiable = true}},
      {"LookupTableRemoveV2", {.shape = remove, .not_differentiable = true}},
      {"InitializeTable", {.shape = initialize, .not_differentiable = true}},
      {"InitializeTableV2", {.shape = initialize, .not_differentiable = true}},
  };
  add_rows(registry, rows);
}

}  // namespace tensorkeep::ops
