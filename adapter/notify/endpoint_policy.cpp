#include "adapter/notify/endpoint_policy.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>

namespace pas::notify {
namespace {

constexpr std::size_t kMostUrlBytes = 2048;
constexpr std::size_t kMostHeaderBytes = 4096;

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

std::string lower(std::string_view text) {
  std::string copy(text);
  for (char& c : copy) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return copy;
}

struct Block {
  std::uint32_t first;
  unsigned bits;
};
// IANA's special-purpose registry, and what is multicast or reserved.
constexpr std::array kSpecialV4 = {
    Block{0x00000000, 8},  Block{0x0A000000, 8},  Block{0x64400000, 10}, Block{0x7F000000, 8},  Block{0xA9FE0000, 16},
    Block{0xAC100000, 12}, Block{0xC0000000, 24}, Block{0xC0000200, 24}, Block{0xC0586300, 24}, Block{0xC0A80000, 16},
    Block{0xC6120000, 15}, Block{0xC6336400, 24}, Block{0xCB007100, 24}, Block{0xE0000000, 4},  Block{0xF0000000, 4}};

bool is_public_v4(std::uint32_t address) {
  return std::none_of(kSpecialV4.begin(), kSpecialV4.end(),
                      [=](Block block) { return (address ^ block.first) >> (32 - block.bits) == 0; });
}

using V6 = std::array<std::uint8_t, 16>;

bool starts_with(const V6& address, std::initializer_list<std::uint8_t> bytes) {
  return std::equal(bytes.begin(), bytes.end(), address.begin());
}

std::uint32_t last_v4(const V6& address) {
  std::uint32_t value = 0;
  for (std::size_t i = 12; i < 16; ++i) value = value << 8U | address[i];
  return value;
}

bool is_public_v6(const V6& address) {
  const bool mapped = starts_with(address, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF});
  const bool nat64 = starts_with(address, {0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0});
  if (mapped || nat64) return is_public_v4(last_v4(address));
  if ((address[0] & 0xE0U) != 0x20) return false;                               // only 2000::/3 is global unicast
  const bool protocols = starts_with(address, {0x20, 0x01}) && address[2] < 2;  // 2001::/23, with Teredo
  return !protocols && !starts_with(address, {0x20, 0x01, 0x0D, 0xB8}) && !starts_with(address, {0x20, 0x02}) &&
         !(starts_with(address, {0x3F, 0xFF}) && address[2] < 0x10);
}

// By the text alone: an address, or a name of this machine.
bool is_refused_by_name(const std::string& host) {
  if (host == "localhost" || host.ends_with(".localhost") || host.ends_with(".")) return true;
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) return !is_public(reinterpret_cast<const sockaddr&>(v4));
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) return !is_public(reinterpret_cast<const sockaddr&>(v6));
  return false;
}

bool is_token_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

}  // namespace

bool is_public(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    return is_public_v4(ntohl(v4.sin_addr.s_addr));
  }
  if (address.sa_family != AF_INET6) return false;
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address, sizeof v6);
  V6 bytes{};
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return is_public_v6(bytes);
}

base::Result<Endpoint> EndpointPolicy::check(const std::string& url) const {
  if (url.size() > kMostUrlBytes) return base::invalid("the endpoint has more than 2048 bytes");
  const bool clean = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7F; });
  const std::unique_ptr<CURLU, FreeUrl> parsed(curl_url());
  if (!clean || parsed == nullptr || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    return base::invalid("the endpoint is not an absolute URL");
  }
  const std::string scheme = part_of(parsed.get(), CURLUPART_SCHEME);
  if (scheme != "https" && scheme != "http") return base::invalid("the endpoint is not an https URL");
  if (scheme == "http" && !allow_http) return base::invalid("the endpoint must be an https URL");
  if (!part_of(parsed.get(), CURLUPART_USER).empty() || !part_of(parsed.get(), CURLUPART_PASSWORD).empty()) {
    return base::invalid("the endpoint holds a user name; send credentials in channel.header");
  }
  if (!part_of(parsed.get(), CURLUPART_FRAGMENT).empty()) return base::invalid("the endpoint has a fragment");
  Endpoint endpoint;
  endpoint.url = url;
  endpoint.host = lower(part_of(parsed.get(), CURLUPART_HOST));
  if (endpoint.host.starts_with('[')) endpoint.host = endpoint.host.substr(1, endpoint.host.size() - 2);
  if (endpoint.host.empty()) return base::invalid("the endpoint has no host");
  endpoint.any_address = std::find(allowed_hosts.begin(), allowed_hosts.end(), endpoint.host) != allowed_hosts.end();
  if (!endpoint.any_address && is_refused_by_name(endpoint.host)) {
    return base::invalid("the endpoint is not a public address");
  }
  return endpoint;
}

bool is_header_allowed(std::string_view header) {
  constexpr std::array<std::string_view, 12> kOwn = {
      "connection", "content-encoding", "content-length", "content-type",      "expect",      "host", "keep-alive",
      "te",         "traceparent",      "trailer",        "transfer-encoding", "x-request-id"};
  const auto colon = header.find(':');
  if (header.size() > kMostHeaderBytes || colon == std::string_view::npos || colon == 0) return false;
  const std::string_view name = header.substr(0, colon);
  const std::string_view value = header.substr(colon + 1);
  return std::all_of(name.begin(), name.end(), is_token_character) &&
         std::all_of(value.begin(), value.end(), [](char c) { return c == '\t' || (c >= ' ' && c < 0x7F); }) &&
         value.find_first_not_of(" \t") != std::string_view::npos &&
         std::find(kOwn.begin(), kOwn.end(), lower(name)) == kOwn.end();
}

}  // namespace pas::notify
