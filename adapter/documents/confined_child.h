#pragma once
// Runs a program on a stranger's bytes: they are its standard input, what it writes is the answer. No shell, no
// environment, no other descriptors, confined (confinement.h), with limits on time and output, and killed at either.
//
// Waits until the child has ended. Any thread, any number at once.

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/documents/confinement.h"
#include "fhir/base/result.h"

namespace pas::documents {

struct ChildLimits {
  std::chrono::milliseconds wall{5000};
  std::size_t output_bytes = std::size_t{8} << 20U;
  Confinement confinement;
};

// `program` is a path. Errors: kUnavailable, it cannot be started; kTimeout; kTooLarge, of the output; kInvalid, it
// ended by a signal or with another code than 0. Messages call it `name` and hold nothing that it wrote.
base::Result<std::string> run_confined(const std::string& name, const std::string& program,
                                       const std::vector<std::string>& arguments, std::string_view input,
                                       const ChildLimits& limits);

}  // namespace pas::documents
