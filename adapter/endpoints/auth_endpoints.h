#pragma once
// Where a client learns how to get a token, and gets it: .well-known/smart-configuration below each base path, and
// POST /auth/token, where the adapter gives out tokens itself (SMART Backend Services; errors by RFC 6749 §5.2). Any
// thread.

#include <span>
#include <string>
#include <vector>

#include "adapter/auth/token_issuer.h"
#include "adapter/endpoints/router.h"
#include "adapter/observe/log.h"

namespace pas::endpoints {

inline constexpr std::string_view kTokenPath = "/auth/token";

// All pointers outlive the routes.
struct SmartServices {
  std::string token_url;                // of whoever gives out tokens
  auth::TokenIssuer* issuer = nullptr;  // null: someone else
  std::vector<base::JwsAlgorithm> algorithms;
  observe::Log* log = nullptr;
};

// `served`: the routes whose scopes are told.
std::vector<Route> auth_routes(const SmartServices& smart, std::span<const Route> served);

}  // namespace pas::endpoints
