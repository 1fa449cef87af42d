#pragma once
// One GET of a JWK Set through libcurl: 5 seconds, KeySet::kMostBytes, no redirects, no proxy. Any thread.

#include <string>

#include "fhir/base/result.h"

namespace pas::auth {

// kInvalid, with why: no absolute URL of at most 2048 bytes, user info, or http to a host that is not this machine
// (unless it is allowed).
base::Result<void> check_key_url(const std::string& url, bool allow_http);

// kUnavailable with what went wrong. `certificates`: a PEM file of those that are trusted; empty: the system's.
base::Result<std::string> fetch(const std::string& url, const std::string& certificates = {});

}  // namespace pas::auth
