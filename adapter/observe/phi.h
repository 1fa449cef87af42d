#pragma once
// Phi<T>: a value that tells something about a patient. It can be stored, compared and moved, but has no stream
// operator, no formatter and no conversion, so that a log line, a metric or an error message with it does not compile.
// reveal() is for the places that must have the value itself: the store and the answer to the client who sent it.

#include <ostream>
#include <utility>

namespace pas::observe {

template <class T>
class Phi {
 public:
  Phi() = default;
  explicit Phi(T value) : value_(std::move(value)) {}

  const T& reveal() const& { return value_; }
  T reveal() && { return std::move(value_); }

  friend bool operator==(const Phi&, const Phi&) = default;
  friend std::ostream& operator<<(std::ostream&, const Phi&) = delete;

 private:
  T value_{};
};

}  // namespace pas::observe
