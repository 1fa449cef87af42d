#pragma once
// How bytes reach serve, by its options: over TLS, or plain where nobody else can listen; and how many of one client's.

#include <CLI/CLI.hpp>
#include <cstddef>
#include <memory>
#include <string>

#include "adapter/http/rate_limiter.h"
#include "adapter/http/tls.h"
#include "fhir/base/result.h"

namespace pas::cli {

struct TransportOptions {
  http::TlsSettings tls;
  bool allow_plain_http = false;
  http::RateLimiter::Rules rate;
  std::size_t client_connections = 0;
  std::size_t client_body_mb = 0;
};

// --tls-cert, --tls-key, --tls-client-ca, --tls-client-list, --tls-ocsp, --allow-plain-http, --client-rate,
// --client-burst,
// --client-quota, --client-connections, --client-body-mb.
void add_transport_options(CLI::App& command, TransportOptions& options);

// What does not fit together, with `host` of that option (--listen) and --body-limit-mb; throws CLI::ParseError.
void check_transport(const TransportOptions& options, const std::string& option, const std::string& host,
                     std::size_t body_limit_mb);

// Null for plain HTTP.
base::Result<std::shared_ptr<http::Tls>> load_tls(const TransportOptions& options);

}  // namespace pas::cli
