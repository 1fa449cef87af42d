// The settings of `serve`: each from the command line, the environment (PAS_…) or the TOML file (settings.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "adapter/cli/auth_options.h"
#include "adapter/cli/deadlines.h"
#include "adapter/cli/document_tools.h"
#include "adapter/cli/transport.h"

namespace pas::cli {

struct ServeOptions {
  std::string listen = "127.0.0.1:8080";
  std::string public_url;
  TransportOptions transport;
  std::string store = "sqlite:pas-adapter.db";
  std::string store_keys;  // file; empty: nothing is encrypted
  std::string policies = "mappings/policies";
  std::string payers;  // empty: those of the policies
  std::string providers;
  std::string packages;
  DocumentOptions documents;
  unsigned workers = 16;
  std::size_t body_limit_mb = 64;
  unsigned grace_seconds = 30;
  bool notify_allow_http = false;
  std::string notify_allow_host;
  bool notify_ignore_end = false;
  std::string admin_listen;
  bool test_mode = false;
  DeadlineOptions deadlines;
  std::string retain;  // empty: nothing is removed
  AuthOptions auth;
  std::string audit;
  std::uint64_t audit_rotate_mb = 100;
  bool check = false;
};

struct Address {
  std::string host;
  std::uint16_t port = 0;
};

// HOST:PORT, or [IPv6]:PORT.
std::optional<Address> parse_address(const std::string& text);

// Nobody but this machine reaches it: 127.0.0.0/8, ::1 or localhost.
bool is_loopback(const std::string& host);

// "a.example, 10.0.0.7" as its parts, in lower case.
std::vector<std::string> parse_hosts(const std::string& text);

// The options write into `options`, which must outlive the parse.
void add_serve_options(CLI::App& command, ServeOptions& options);

}  // namespace pas::cli
