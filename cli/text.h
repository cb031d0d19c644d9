#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// Names and values as text. Names are any bytes: nothing here lets a control character through.
namespace tensorkeep::cli {

// For people: valid UTF-8 as it is; control characters (C0, DEL, C1, and those that turn the
// writing direction), backslashes and other bytes as \n, \t, \r, \\, \xNN.
std::string printable(std::string_view text);

// A JSON string with its quotes (RFC 8259). Valid UTF-8 is kept, control characters are escaped.
// A byte 0xNN that belongs to no valid character becomes \udcNN, as in Python's "surrogateescape":
// json.loads(...).encode("utf-8", "surrogateescape") gives the bytes back.
std::string json_string(std::string_view text);

// A JSON number that keeps every bit; what JSON lacks are "NaN", "Infinity", "-Infinity".
std::string json_number(float value);
std::string json_number(double value);
// The shortest digits that read back as the same number, with a point or an exponent.
std::string float_text(float value);
std::string float_text(double value);

// "1.5 MB"; powers of 1,000.
std::string human_bytes(std::uint64_t bytes);

}  // namespace tensorkeep::cli
