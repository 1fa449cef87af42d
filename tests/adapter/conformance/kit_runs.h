#pragma once
// The kit run in this process, with its own bundles, a script and another client.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "adapter/conformance/kit.h"
#include "mappings/pas/v2_2_1/version.h"

namespace pas::support {

std::string local_url(std::uint16_t port, const std::string& path);
std::string base_path(const pas::Version& version);

struct KitRun {
  std::string server;  // its URL without a path; the script is at /test/script there
  const pas::Version* version = &v2_2_1::kVersion;
  std::vector<std::string> only = {};
  std::chrono::milliseconds patience{300};
};
// The other client is told by the header X-Client.
conformance::Report report_of(const KitRun& run);

}  // namespace pas::support
