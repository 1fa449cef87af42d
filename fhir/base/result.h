#pragma once
// Result<T>: a value, or the Error that kept us from it. For what can fail through no fault of the sender;
// the sender's faults are validation issues, and "not met" is an ordinary answer.

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <utility>

namespace pas::base {

// A closed list: callers branch on these and on nothing else.
enum class ErrorCode {
  kInvalid,      // the argument cannot be used as it is; the message says where
  kNotFound,     // nothing under that name
  kConflict,     // another state or content stands there already
  kTooLarge,     // over a limit; the message names the limit
  kUnsupported,  // well formed, but nothing we know how to do
  kUnavailable,  // try again later: disk full, database away, queue full
  kTimeout,      // the deadline passed first
};

// `message` is for an operator or developer; it never holds patient data.
struct Error {
  ErrorCode code = ErrorCode::kInvalid;
  std::string message;
};

// .value() on an error is a bug of the caller: test first.
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::logic_error("unchecked Result: " + error.message);
}

template <class T>
using Result = boost::system::result<T, Error>;

inline Error invalid(std::string message) {
  return {ErrorCode::kInvalid, std::move(message)};
}
inline Error unavailable(std::string message) {
  return {ErrorCode::kUnavailable, std::move(message)};
}

}  // namespace pas::base
