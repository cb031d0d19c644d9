#pragma once

#include <stdexcept>
#include <string>

// What can go wrong, as exceptions: one class per TensorFlow error code, so that callers catch what
// they can mend. A message starts with TensorFlow's wording (people search for it) and goes on with
// what to do. Errors are immutable values and may cross threads.
namespace tensorkeep::errors {

// The numbers are those of TensorFlow's and gRPC's status codes.
enum class Code {
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

// The class TensorFlow's Python raises at the same place: usually the error class itself, but
// arguments are often checked in Python, which raises a built-in class.
enum class PythonClass {
  kErrorClass,
  kValueError,
  kTypeError,
  kKeyError,
  kAssertionError,
  kRuntimeError,
  kLookupError
};

// Where an error happened; what does not apply stays empty.
struct Where {
  std::string node = {};    // name of the operation
  std::string tensor = {};  // name of the tensor in a checkpoint
  std::string file = {};    // path of the file
  PythonClass python_class = PythonClass::kErrorClass;
};

class Error : public std::runtime_error {
 public:
  Error(Code code, const std::string& message, Where where = {});

  Code code() const { return code_; }
  std::string message() const { return what(); }
  const std::string& node() const { return where_.node; }
  const std::string& tensor() const { return where_.tensor; }
  const std::string& file() const { return where_.file; }
  const Where& where() const { return where_; }
  PythonClass python_class() const { return where_.python_class; }

 private:
  Code code_;
  Where where_;
};

template <Code kCode>
class ErrorOf : public Error {
 public:
  explicit ErrorOf(const std::string& message, Where where = {})
      : Error(kCode, message, std::move(where)) {}
};

using CancelledError = ErrorOf<Code::kCancelled>;
using UnknownError = ErrorOf<Code::kUnknown>;
using InvalidArgumentError = ErrorOf<Code::kInvalidArgument>;
using DeadlineExceededError = ErrorOf<Code::kDeadlineExceeded>;
using NotFoundError = ErrorOf<Code::kNotFound>;
using AlreadyExistsError = ErrorOf<Code::kAlreadyExists>;
using PermissionDeniedError = ErrorOf<Code::kPermissionDenied>;
using ResourceExhaustedError = ErrorOf<Code::kResourceExhausted>;
using FailedPreconditionError = ErrorOf<Code::kFailedPrecondition>;
using AbortedError = ErrorOf<Code::kAborted>;
using OutOfRangeError = ErrorOf<Code::kOutOfRange>;
using UnimplementedError = ErrorOf<Code::kUnimplemented>;
using InternalError = ErrorOf<Code::kInternal>;
using UnavailableError = ErrorOf<Code::kUnavailable>;
using DataLossError = ErrorOf<Code::kDataLoss>;
using UnauthenticatedError = ErrorOf<Code::kUnauthenticated>;

// Throws the class that belongs to `code`.
[[noreturn]] void raise(Code code, const std::string& message, Where where = {});

// The class's name in TensorFlow: "NotFoundError".
const char* class_name(Code code);

// Shorthand for arguments that TensorFlow checks in Python.
[[noreturn]] void raise_value_error(const std::string& message, Where where = {});
[[noreturn]] void raise_type_error(const std::string& message, Where where = {});

}  // namespace tensorkeep::errors
