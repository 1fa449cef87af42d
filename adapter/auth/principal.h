#pragma once
// Who asks, and what they may. Values; any thread.

#include <optional>
#include <string>
#include <string_view>

#include "adapter/auth/scopes.h"

namespace pas::auth {

// Every caller, where nobody is asked who they are.
inline constexpr std::string_view kAnonymous = "anonymous";

struct Principal {
  std::string client{kAnonymous};
  Scopes granted;     // by the token
  Scopes registered;  // at most, now
  bool is_unrestricted = false;

  bool may(std::string_view scope) const {
    return is_unrestricted || (granted.allow(scope) && registered.allow(scope));
  }
};

// Everybody, where authentication is off.
inline Principal anonymous() {
  Principal principal;
  principal.is_unrestricted = true;
  return principal;
}

struct Identity {
  std::optional<Principal> principal;  // nothing: nobody who is known
  std::string fault;                   // why the token was refused, for its sender; empty: none was sent
  bool is_unavailable = false;         // it could not be verified now
};

}  // namespace pas::auth
