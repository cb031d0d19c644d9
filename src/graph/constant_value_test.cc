#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>

#include "graph/shape_inference.h"
#include "tensorkeep/errors.h"
#include "tensorkeep/importer.h"
#include "tensorkeep/session.h"

// Values in graphs that nobody builds, but that a file can hold.
namespace tensorkeep {
namespace {

std::string constant(const std::string& name, const std::string& dtype, const std::string& value) {
  return "node{name:'" + name + "' op:'Const' attr{key:'dtype' value{type:" + dtype +
         "}} attr{key:'value' value{tensor{" + value + "}}}}";
}

std::string attr(const std::string& key, const std::string& value) {
  return " attr{key:'" + key + "' value{" + value + "}}";
}

class ConstantValueTest : public testing::Test {
 protected:
  // The value of the node `x`.
  std::optional<Tensor> value_of_x(const std::string& text) {
    GraphDef graph_def;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &graph_def)) << text;
    const auto scope = graph_->as_default();
    import_graph_def(graph_def, {.name = ""});
    return constant_value(graph_->get_tensor_by_name("x:0"));
  }

  std::shared_ptr<Graph> graph_ = std::make_shared<Graph>();
};

TEST_F(ConstantValueTest, AConstantOfAnotherTypeThanItSays) {
  const std::string text =
      constant("c", "DT_INT8", "dtype:DT_DOUBLE tensor_shape{dim{size:2}} double_val:[1,2]") +
      constant("axis", "DT_INT32", "dtype:DT_INT32 tensor_shape{} int_val:0") +
      "node{name:'x' op:'ConcatV2' input:['c','c','axis']" + attr("N", "i:2") +
      attr("T", "type:DT_INT8") + attr("Tidx", "type:DT_INT32") + "}";
  EXPECT_FALSE(value_of_x(text).has_value());
  try {
    Session(*graph_).run(graph_->get_tensor_by_name("x:0"));
    FAIL();
  } catch (const errors::InvalidArgumentError& error) {
    EXPECT_THAT(error.what(),
                testing::HasSubstr("Type mismatch between value (float64) and dtype (int8)"));
  }
}

TEST_F(ConstantValueTest, EmptyTensorsWithHugeDimensions) {
  const std::string text =
      constant("c", "DT_INT32",
               "dtype:DT_INT32 tensor_shape{dim{size:4611686018427387904} dim{size:0}}") +
      constant("axis", "DT_INT32", "dtype:DT_INT32 tensor_shape{} int_val:1") +
      "node{name:'x' op:'ConcatV2' input:['c','c','axis']" + attr("N", "i:2") +
      attr("T", "type:DT_INT32") + attr("Tidx", "type:DT_INT32") + "}";
  const auto value = value_of_x(text);
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(value->shape(), Shape({std::int64_t{1} << 62, 0}));
}

TEST_F(ConstantValueTest, ARangeThatEndsBeyondTheLargestNumber) {
  const auto number = [](const std::string& name, const std::string& value) {
    return constant(name, "DT_INT64", "dtype:DT_INT64 tensor_shape{} int64_val:" + value);
  };
  const auto value = value_of_x(number("start", "0") + number("limit", "9223372036854775807") +
                                number("delta", "4611686018427387904") +
                                "node{name:'x' op:'Range' input:['start','limit','delta']" +
                                attr("Tidx", "type:DT_INT64") + "}");
  ASSERT_TRUE(value.has_value());
  EXPECT_THAT(value->data<std::int64_t>(), testing::ElementsAre(0, std::int64_t{1} << 62));
}

TEST_F(ConstantValueTest, ACastOfWhatTheTypeDoesNotHold) {
  const auto cast_of = [&](const std::string& number) {
    graph_ = std::make_shared<Graph>();
    return value_of_x(
        constant("c", "DT_FLOAT", "dtype:DT_FLOAT tensor_shape{} float_val:" + number) +
        "node{name:'x' op:'Cast' input:'c'" + attr("SrcT", "type:DT_FLOAT") +
        attr("DstT", "type:DT_INT32") + attr("Truncate", "b:false") + "}");
  };
  EXPECT_EQ(cast_of("2.5")->value<std::int32_t>(), 2);
  EXPECT_EQ(cast_of("-2147483648")->value<std::int32_t>(), -2147483647 - 1);
  for (const char* number : {"nan", "inf", "2147483648", "-3e9"}) {
    EXPECT_FALSE(cast_of(number).has_value()) << number;
  }
}

}  // namespace
}  // namespace tensorkeep
