#include "adapter/cli/transport.h"

#include "adapter/cli/serve_options.h"

namespace pas::cli {
namespace {

[[noreturn]] void refuse_setting(const std::string& message) {
  throw CLI::ParseError(message, CLI::ExitCodes::ConfigError);
}

}  // namespace

void add_transport_options(CLI::App& command, TransportOptions& options) {
  command.add_option("--tls-cert", options.tls.certificate,
                     "Certificate (PEM, with what leads to its root): --listen speaks TLS 1.2 and 1.3");
  command.add_option("--tls-key", options.tls.key, "Its private key (PEM, without a passphrase)");
  command.add_option("--tls-client-ca", options.tls.client_ca,
                     "Certificates (PEM) that must vouch for every client's certificate: mutual TLS");
  command.add_option("--tls-client-list", options.tls.client_list,
                     "File of the clients that may connect, a line each: dns:NAME, uri:URI or subject:NAME");
  command.add_option("--tls-ocsp", options.tls.ocsp, "OCSP response for the certificate (DER), given to clients");
  command
      .add_flag("--allow-plain-http", options.allow_plain_http,
                "Let --listen be an address of the network without TLS, where something before it speaks TLS")
      ->default_str("false");
  const auto add_limit = [&command](const char* name, auto& limit, unsigned most, const char* description) {
    command.add_option(name, limit, description)
        ->check(CLI::Range(0U, most).description(""))
        ->type_name("0-" + std::to_string(most))
        ->capture_default_str();
  };
  add_limit("--client-rate", options.rate.per_second, 1'000'000, "Requests a second of each client, else 429; 0: any");
  add_limit("--client-burst", options.rate.burst, 1'000'000, "Requests of a client at once, at least --client-rate");
  add_limit("--client-quota", options.rate.per_day, 1'000'000'000, "Requests a day of each client, else 429; 0: any");
  add_limit("--client-connections", options.client_connections, 1'000'000,
            "Connections of each address, else 429; 0: any");
  add_limit("--client-body-mb", options.client_body_mb, 1'000'000,
            "Request bodies of each address in memory at once, else 429; 0: any");
}

void check_transport(const TransportOptions& options, const std::string& option, const std::string& host,
                     std::size_t body_limit_mb) {
  const http::TlsSettings& tls = options.tls;
  if (tls.certificate.empty() != tls.key.empty()) refuse_setting("--tls-cert and --tls-key are given together");
  if (tls.certificate.empty() && !(tls.client_ca + tls.ocsp).empty()) {
    refuse_setting("--tls-client-ca and --tls-ocsp need --tls-cert");
  }
  if (tls.client_ca.empty() && !tls.client_list.empty()) refuse_setting("--tls-client-list needs --tls-client-ca");
  if (options.client_body_mb > 0 && options.client_body_mb < body_limit_mb) {
    refuse_setting("--client-body-mb is less than one body may have (--body-limit-mb)");
  }
  if (tls.certificate.empty() && !options.allow_plain_http && !is_loopback(host)) {
    refuse_setting(option + " " + host +
                   ": plain HTTP is for this machine alone; give --tls-cert and --tls-key, or --allow-plain-http "
                   "where something before the adapter speaks TLS");
  }
}

base::Result<std::shared_ptr<http::Tls>> load_tls(const TransportOptions& options) {
  if (options.tls.certificate.empty()) return std::shared_ptr<http::Tls>();
  return http::Tls::load(options.tls);
}

}  // namespace pas::cli
