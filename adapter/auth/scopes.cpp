#include "adapter/auth/scopes.h"

#include <algorithm>

namespace pas::auth {
namespace {

constexpr std::string_view kSystem = "system/";
constexpr std::string_view kRights = "cruds";
constexpr std::size_t kMostScopes = 200;

constexpr std::uint8_t bit_of(char right) {
  return static_cast<std::uint8_t>(1U << kRights.find(right));
}

// Zero for what is none.
std::uint8_t rights_of(std::string_view text) {
  if (text == "read") text = "rs";
  if (text == "write") text = "cud";
  if (text == "*") text = kRights;
  std::uint8_t rights = 0;
  std::size_t next = 0;
  for (const char right : text) {
    const std::size_t at = kRights.find(right, next);
    if (at == std::string_view::npos) return 0;
    rights |= bit_of(right);
    next = at + 1;
  }
  return rights;
}

bool is_resource(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  return name == "*" || (!name.empty() && std::all_of(name.begin(), name.end(), is_letter));
}

}  // namespace

std::optional<Scopes::Grant> Scopes::read(std::string_view scope) {
  if (scope == kReviewScope || scope == kAdminScope) return Grant{std::string(scope), 1};
  const auto dot = scope.rfind('.');
  if (!scope.starts_with(kSystem) || dot == std::string_view::npos) return std::nullopt;
  if (!is_resource(scope.substr(kSystem.size(), dot - kSystem.size()))) return std::nullopt;
  Grant grant{std::string(scope.substr(0, dot)), rights_of(scope.substr(dot + 1))};
  return grant.rights == 0 ? std::nullopt : std::optional(std::move(grant));
}

Scopes Scopes::parse(std::string_view text) {
  Scopes scopes;
  while (!text.empty() && scopes.grants_.size() < kMostScopes) {
    const auto space = std::min(text.find(' '), text.size());
    scopes.add(text.substr(0, space));
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return scopes;
}

bool Scopes::add(std::string_view scope) {
  auto grant = read(scope);
  if (!grant) return false;
  grants_.push_back(std::move(*grant));
  texts_.emplace_back(scope);
  return true;
}

bool Scopes::allow(std::string_view scope) const {
  const auto wanted = read(scope);
  if (!wanted) return false;
  std::uint8_t rights = 0;
  for (const Grant& grant : grants_) {
    const bool covers =
        grant.subject == wanted->subject || (grant.subject == "system/*" && wanted->subject.starts_with(kSystem));
    if (covers) rights |= grant.rights;
  }
  return (wanted->rights & ~rights) == 0;
}

}  // namespace pas::auth
