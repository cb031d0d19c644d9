#pragma once

#include <string_view>

namespace tensorkeep {

// Well-formed UTF-8 (RFC 3629), without overlong forms and surrogates.
bool is_utf8(std::string_view text);

}  // namespace tensorkeep
