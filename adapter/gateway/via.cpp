#include "adapter/gateway/via.h"

#include <algorithm>

namespace pas::gateway {
namespace {

constexpr std::string_view kProtocol = "1.1 ";

}  // namespace

std::string via_with(std::string_view sent, std::string_view id) {
  std::string via(sent);
  return via.append(sent.empty() ? "" : ", ").append(kProtocol).append(id);
}

bool is_loop(std::string_view sent, std::string_view id) {
  int hops = 0;
  while (!sent.empty()) {
    const auto comma = std::min(sent.find(','), sent.size());
    std::string_view hop = sent.substr(0, comma);
    sent.remove_prefix(std::min(comma + 1, sent.size()));
    hop.remove_prefix(std::min(hop.find_first_not_of(' '), hop.size()));
    const auto name = std::min(hop.find(' '), hop.size());
    hop.remove_prefix(std::min(name + 1, hop.size()));
    if (hop.substr(0, std::min(hop.find(' '), hop.size())) == id || ++hops > kMostHops) return true;
  }
  return false;
}

}  // namespace pas::gateway
