#include "adapter/cli/serve_options.h"

#include <arpa/inet.h>

#include <array>
#include <utility>

#include "adapter/cli/files.h"
#include "adapter/cli/retention_options.h"
#include "adapter/store/store.h"

namespace pas::cli {
namespace {

std::string check_address(const std::string& text) {
  return parse_address(text) ? "" : "HOST:PORT or [IPv6]:PORT is wanted, not " + text;
}

std::string check_store(const std::string& text) {
  return store::is_specification(text)
             ? ""
             : "sqlite:FILE, postgres:CONNINFO or memory is wanted, not " + store::shown(text);
}

std::string check_url(const std::string& text) {
  const bool web = text.starts_with("http://") || text.starts_with("https://");
  return web && !text.ends_with('/') ? "" : "an http or https URL without a slash at its end is wanted, not " + text;
}

}  // namespace

std::optional<Address> parse_address(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  Address address{text.substr(0, colon)};
  if (address.host.front() == '[' && address.host.back() == ']') {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  const std::string port = text.substr(colon + 1);
  int value = 0;
  for (const char c : port) {
    if (c < '0' || c > '9' || value > 65535) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  if (port.empty() || value > 65535) return std::nullopt;
  address.port = static_cast<std::uint16_t>(value);
  return address;
}

bool is_loopback(const std::string& host) {
  std::array<unsigned char, 4> ipv4{};
  if (inet_pton(AF_INET, host.c_str(), ipv4.data()) == 1) return ipv4[0] == 127;
  in6_addr ipv6{};
  if (inet_pton(AF_INET6, host.c_str(), &ipv6) == 1) return IN6_IS_ADDR_LOOPBACK(&ipv6);
  return host == "localhost";
}

std::vector<std::string> parse_hosts(const std::string& text) {
  std::vector<std::string> hosts;
  std::string host;
  for (const char c : text + ",") {
    if (c == ',') {
      if (!host.empty()) hosts.push_back(std::exchange(host, {}));
    } else if (c != ' ') {
      host += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return hosts;
}

void add_serve_options(CLI::App& command, ServeOptions& options) {
  command.add_option("--listen", options.listen, "HOST:PORT; port 0 takes a free one")
      ->check(CLI::Validator(check_address, ""))
      ->capture_default_str();
  command.add_option("--public-url", options.public_url, "How clients reach this server; by default LISTEN")
      ->check(CLI::Validator(check_url, ""));
  add_transport_options(command, options.transport);
  command
      .add_option("--store", options.store,
                  "sqlite:FILE, postgres:CONNINFO (or a URL postgres://…), or memory: lost at the end")
      ->check(CLI::Validator(check_store, ""))
      ->capture_default_str();
  command.add_option("--store-keys", options.store_keys,
                     std::string(kStoreKeysAbout) + ": the first encrypts; without it nothing is encrypted");
  command.add_option("--policies", options.policies, "Folder of the payers' policies")->capture_default_str();
  command.add_option("--payers", options.payers,
                     "TOML file of the payers served here and where each is decided; without it those of the policies");
  command.add_option("--providers", options.providers,
                     "Roster of enrolled providers (CSV); without it nobody's enrolment is known");
  command.add_option("--packages", options.packages,
                     "Folder of FHIR packages (.tgz or unpacked) to validate by besides the built-in ones");
  add_document_options(command, options.documents, false);
  command.add_option("--workers", options.workers, "Requests handled at once")
      ->check(CLI::Range(1U, 1024U).description(""))
      ->type_name("1-1024")
      ->capture_default_str();
  command.add_option("--body-limit-mb", options.body_limit_mb, "Largest request body")
      ->check(CLI::Range(1U, 1024U).description(""))
      ->type_name("1-1024")
      ->capture_default_str();
  command.add_option("--grace-seconds", options.grace_seconds, "Time for running requests when stopping")
      ->check(CLI::Range(0U, 86'400U).description(""))
      ->type_name("0-86400")
      ->capture_default_str();
  command
      .add_flag("--notify-allow-http", options.notify_allow_http,
                "Take subscriptions whose endpoint is http, not only https")
      ->default_str("false");
  command.add_option("--notify-allow-host", options.notify_allow_host,
                     "Hosts that notifications may go to though their address is private, divided by commas");
  command.add_flag("--notify-ignore-end", options.notify_ignore_end, "Let subscriptions go on after their end")
      ->default_str("false");
  command
      .add_option("--admin-listen", options.admin_listen,
                  "HOST:PORT for /admin (review queue, deliveries, policies) and /metrics; without it there are none")
      ->check(CLI::Validator(check_address, ""));
  command
      .add_flag("--test-mode", options.test_mode,
                "Let submitters script outcomes and faults (POST /test/script); never where decisions count")
      ->default_str("false");
  add_deadline_options(command, options.deadlines);
  add_retention_option(command, "--retain", options.retain,
                       "Remove closed cases so long after their last change and service (2555d), at least six months "
                       "after the service; without it nothing is removed");
  add_auth_options(command, options.auth);
  command.add_option("--audit", options.audit,
                     "File that every access and change is appended to as an AuditEvent; while it cannot be written, "
                     "requests are answered 503");
  command.add_option("--audit-rotate-mb", options.audit_rotate_mb, "Size at which the audit file gets a number")
      ->check(CLI::Range(1U, 100'000U).description(""))
      ->type_name("1-100000")
      ->capture_default_str();
}

}  // namespace pas::cli
