#pragma once
// How bytes reach serve, by its options: over TLS, or plain where nobody else can listen.

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "adapter/http/tls.h"
#include "fhir/base/result.h"

namespace pas::cli {

struct TransportOptions {
  http::TlsSettings tls;
  bool allow_plain_http = false;
};

// --tls-cert, --tls-key, --tls-client-ca, --tls-client-list, --tls-ocsp, --allow-plain-http.
void add_transport_options(CLI::App& command, TransportOptions& options);

// What does not fit together, with `host` of --listen; throws CLI::ParseError.
void check_transport(const TransportOptions& options, const std::string& host);

// Null for plain HTTP.
base::Result<std::shared_ptr<http::Tls>> load_tls(const TransportOptions& options);

}  // namespace pas::cli
