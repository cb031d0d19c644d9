#include "tensorkeep/errors.h"

#include <utility>

namespace tensorkeep::errors {

Error::Error(Code code, const std::string& message, Where where)
    : std::runtime_error(message), code_(code), where_(std::move(where)) {}

#define TENSORKEEP_ERROR_CODES(X)                 \
  X(kCancelled, CancelledError)                   \
  X(kUnknown, UnknownError)                       \
  X(kInvalidArgument, InvalidArgumentError)       \
  X(kDeadlineExceeded, DeadlineExceededError)     \
  X(kNotFound, NotFoundError)                     \
  X(kAlreadyExists, AlreadyExistsError)           \
  X(kPermissionDenied, PermissionDeniedError)     \
  X(kResourceExhausted, ResourceExhaustedError)   \
  X(kFailedPrecondition, FailedPreconditionError) \
  X(kAborted, AbortedError)                       \
  X(kOutOfRange, OutOfRangeError)                 \
  X(kUnimplemented, UnimplementedError)           \
  X(kInternal, InternalError)                     \
  X(kUnavailable, UnavailableError)               \
  X(kDataLoss, DataLossError)                     \
  X(kUnauthenticated, UnauthenticatedError)

void raise(Code code, const std::string& message, Where where) {
  switch (code) {
#define TENSORKEEP_RAISE(kName, Class) \
  case Code::kName:                    \
    throw Class(message, std::move(where));
    TENSORKEEP_ERROR_CODES(TENSORKEEP_RAISE)
#undef TENSORKEEP_RAISE
  }
  throw InternalError("unknown error code: " + message, std::move(where));
}

const char* class_name(Code code) {
  switch (code) {
#define TENSORKEEP_NAME(kName, Class) \
  case Code::kName:                   \
    return #Class;
    TENSORKEEP_ERROR_CODES(TENSORKEEP_NAME)
#undef TENSORKEEP_NAME
  }
  return "Error";
}

void raise_value_error(const std::string& message, Where where) {
  where.python_class = PythonClass::kValueError;
  throw InvalidArgumentError(message, std::move(where));
}

void raise_type_error(const std::string& message, Where where) {
  where.python_class = PythonClass::kTypeError;
  throw InvalidArgumentError(message, std::move(where));
}

}  // namespace tensorkeep::errors
