#include "checkpoint/state_file.h"
#include "target.h"

// The text of a `checkpoint` file: what reads is written as a text that reads the same.
namespace tensorkeep::fuzz {

void run(std::string_view input) {
  const auto state = checkpoint::decode_state(input, "/checkpoint");
  const std::string text = checkpoint::encode_state(state);
  bool reads = false;
  reads = succeeds([&] {
    require(checkpoint::encode_state(checkpoint::decode_state(text, "/checkpoint")) == text);
  });
  require(reads);
}

}  // namespace tensorkeep::fuzz
