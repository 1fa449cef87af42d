#pragma once
// The chain of an audit file: each line holds the SHA-256 of the line before, without its end, so that nothing in
// between can be changed, taken out, put in or moved unseen. The first line of all holds sixty-four zeros.
//
// What the chain alone cannot show is an end that was cut off, or a chain that was made anew as a whole. For that the
// adapter writes anchors into its log: hashes of lines that must be there still.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"

namespace pas::audit {

inline constexpr std::string_view kNoLine = "0000000000000000000000000000000000000000000000000000000000000000";

// How a line begins that follows the line with that hash; the rest of the resource comes behind.
std::string link_to(std::string_view previous);
// The hash that a line begins with; nothing for a line that is none of ours.
std::optional<std::string_view> previous_of(std::string_view line);

struct Verified {
  std::int64_t events = 0;
  std::string last = std::string(kNoLine);  // hash of the last line
  std::string fault;                        // the first: "FILE:LINE: what"; empty when the chain is sound
};

struct VerifyOptions {
  std::string from = std::string(kNoLine);  // what the first line must follow
  std::vector<std::string> anchors = {};    // each the hash of a line that must be there
};

// The files in the order that they were written in. kNotFound: one cannot be read.
base::Result<Verified> verify(const std::vector<std::string>& files, const VerifyOptions& options);

}  // namespace pas::audit
