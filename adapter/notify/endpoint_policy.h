#pragma once
// Where notifications may be sent: no place that the adapter can reach and the subscriber could not (SSRF).
//
// https only, unless configured. No private, loopback, link-local, multicast or otherwise special address (RFC 6890),
// unless the host is on the allow list. A name is judged by the address that it resolves to at the time of each
// connection (http_sender.h), so that a name that changes its address later is caught too. Values; any thread.

#include <sys/socket.h>

#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"

namespace pas::notify {

struct Endpoint {
  std::string url;
  std::string host;          // lower case, without brackets
  bool any_address = false;  // on the allow list
};

struct EndpointPolicy {
  bool allow_http = false;
  std::vector<std::string> allowed_hosts;  // names or addresses, lower case

  // kInvalid, for the subscriber: not an absolute http(s) URL of at most 2048 bytes, with user info or a fragment, or a
  // host that is refused by its name.
  base::Result<Endpoint> check(const std::string& url) const;
};

// An address of the public internet. An IPv4 address inside an IPv6 one (mapped, NAT64) counts as the former.
bool is_public(const sockaddr& address);

// "Name: value" with a name and value that HTTP takes, and a name that is not the adapter's own to write.
bool is_header_allowed(std::string_view header);

}  // namespace pas::notify
