#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run_kernel.h"
#include "tensorkeep/errors.h"

namespace tensorkeep::runtime {
namespace {

TEST(KernelsBinaryTest, DividingIntegersByZeroIsAnError) {
  for (const char* type : {"Div", "FloorDiv", "FloorMod", "Mod", "TruncateDiv", "TruncateMod"}) {
    KernelRun run(type, std::vector<Tensor>{Tensor::vector<std::int32_t>({1, 2}),
                                            Tensor::vector<std::int32_t>({1, 0})});
    try {
      run.run();
      ADD_FAILURE() << type;
    } catch (const errors::InvalidArgumentError& error) {
      EXPECT_THAT(error.message(), testing::HasSubstr("division by zero")) << type;
    }
  }
}

}  // namespace
}  // namespace tensorkeep::runtime
