#include "adapter/audit/chain.h"

#include <fstream>
#include <set>

#include "fhir/base/digest.h"

namespace pas::audit {
namespace {

constexpr std::string_view kBefore =
    R"({"resourceType":"AuditEvent","extension":[{"url":"urn:pas-adapter:audit:previous","valueString":")";
constexpr std::string_view kAfter = R"("}],)";
constexpr std::size_t kHashLength = 64;

// What is wrong with a line that should follow `last`; empty when nothing is.
std::string fault_of(std::string_view line, bool is_whole, const std::string& last) {
  if (!is_whole) return "the file ends within this line (after a crash: serve cuts it off at its next start)";
  const auto previous = previous_of(line);
  if (!previous) return "no line of an audit file";
  if (*previous == last) return "";
  if (last == kNoLine) return "something came before this line: its file is missing, or --from is wanted";
  return "it does not follow the line before: that one was changed, or lines were taken out, put in or moved";
}

}  // namespace

std::string link_to(std::string_view previous) {
  return std::string(kBefore).append(previous).append(kAfter);
}

std::optional<std::string_view> previous_of(std::string_view line) {
  if (!line.starts_with(kBefore)) return std::nullopt;
  const std::string_view hash = line.substr(kBefore.size(), kHashLength);
  if (!line.substr(kBefore.size() + hash.size()).starts_with(kAfter)) return std::nullopt;
  return hash;
}

base::Result<Verified> verify(const std::vector<std::string>& files, const VerifyOptions& options) {
  Verified verified;
  verified.last = options.from;
  std::set<std::string, std::less<>> missing(options.anchors.begin(), options.anchors.end());
  for (const std::string& file : files) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return base::Error{base::ErrorCode::kNotFound, file + " cannot be read"};
    std::int64_t number = 0;
    for (std::string line; std::getline(in, line);) {
      ++number;
      if (std::string fault = fault_of(line, !in.eof(), verified.last); !fault.empty()) {
        verified.fault = file + ":" + std::to_string(number) + ": " + fault;
        return verified;
      }
      verified.last = base::sha256_hex(line);
      missing.erase(verified.last);
      ++verified.events;
    }
  }
  if (!missing.empty()) {
    verified.fault = (files.empty() ? std::string("nothing") : files.back()) + ": no line has the hash " +
                     *missing.begin() + " (an anchor): the end was cut off, or the chain was made anew";
  }
  return verified;
}

}  // namespace pas::audit
