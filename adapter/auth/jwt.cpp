#include "adapter/auth/jwt.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "fhir/base/base64.h"
#include "fhir/base/text.h"

namespace pas::auth {
namespace {

constexpr std::size_t kMostClaimBytes = 256;
constexpr double kLastSecond = 253402300799;  // of the year 9999

base::Result<json::Document> parse_part(std::string_view part, const char* name) {
  auto bytes = base::decode_base64url(part);
  if (!bytes) return base::invalid(std::string("its ") + name + " is not base64url");
  auto document = json::Document::parse(std::move(*bytes), {.bytes = Jwt::kMostBytes, .depth = 16, .nodes = 1000});
  if (!document || !document->root().is_object()) {
    return base::invalid(std::string("its ") + name + " is not a JSON object");
  }
  return std::move(*document);
}

bool is_type_taken(json::Node type) {
  if (!type) return true;
  std::string name = base::to_lower(type.text());
  if (name.starts_with("application/")) name.erase(0, name.find('/') + 1);
  return name == "jwt" || name == "at+jwt";
}

// A NumericDate (RFC 7519 §2), its fraction dropped.
base::Result<std::optional<std::int64_t>> time_of(json::Node claims, std::string_view name) {
  const json::Node node = claims[name];
  if (!node) return std::optional<std::int64_t>();
  const std::string_view text = node.text();
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_time = node.is_number() && error == std::errc() && end == text.data() + text.size() && value >= 0 &&
                       value <= kLastSecond;
  if (!is_time) return base::invalid(std::string(name) + " is not a time in seconds");
  return std::optional(static_cast<std::int64_t>(value));
}

bool is_for(json::Node audience, const std::vector<std::string>& wanted) {
  const auto is_wanted = [&wanted](json::Node each) {
    return each.is_string() && std::find(wanted.begin(), wanted.end(), each.text()) != wanted.end();
  };
  return audience.is_array() ? std::any_of(audience.begin(), audience.end(), is_wanted) : is_wanted(audience);
}

base::Result<std::int64_t> check_times(json::Node claims, const JwtRules& rules, std::int64_t now) {
  const auto expires = time_of(claims, "exp");
  const auto begins = time_of(claims, "nbf");
  const auto issued = time_of(claims, "iat");
  if (!expires) return expires.error();
  if (!begins) return begins.error();
  if (!issued) return issued.error();
  const std::int64_t leeway = rules.leeway.count();
  if (!*expires) return base::invalid("exp is missing");
  if (**expires + leeway <= now) return base::invalid("it has expired");
  if (*begins && **begins > now + leeway) return base::invalid("it is not valid yet (nbf)");
  if (*issued && **issued > now + leeway) return base::invalid("it is issued in the future (iat)");
  const std::int64_t longest = rules.longest_life.count();
  if (longest != 0 && **expires > now + longest + leeway) {
    return base::invalid("exp is more than " + std::to_string(longest) + " seconds ahead");
  }
  return **expires;
}

}  // namespace

base::Result<Jwt> Jwt::parse(std::string_view compact) {
  if (compact.size() > kMostBytes) return base::invalid("it has more than " + std::to_string(kMostBytes) + " bytes");
  const auto parts = base::split_jws(compact);
  if (!parts) return base::invalid("it is not a JWT of three parts");
  const auto head = parse_part(parts->header, "header");
  if (!head) return head.error();
  const json::Node header = head->root();
  const json::Node alg = header["alg"];
  const auto algorithm = alg.is_string() ? base::jws_algorithm_of(alg.text()) : std::nullopt;
  if (!algorithm) return base::invalid("its alg is not taken");
  if (header["crit"]) return base::invalid("its header has a critical member (crit)");
  if (!is_type_taken(header["typ"])) return base::invalid("its typ is neither JWT nor at+jwt");
  const json::Node id = header["kid"];
  if (!id.is_string() || id.text().empty() || id.text().size() > kMostClaimBytes) {
    return base::invalid("its header names no key (kid)");
  }
  auto claims = parse_part(parts->payload, "payload");
  if (!claims) return claims.error();
  auto signature = base::decode_base64url(parts->signature);
  if (!signature) return base::invalid("its signature is not base64url");
  Jwt token(std::move(*claims), *algorithm);
  token.key_id_ = id.text();
  token.signed_text_ = compact.substr(0, compact.rfind('.'));
  token.signature_ = std::move(*signature);
  return token;
}

base::Result<Verified> verify(const Jwt& token, const JwtRules& rules, KeySource& source,
                              std::chrono::system_clock::time_point now) {
  if (std::find(rules.algorithms.begin(), rules.algorithms.end(), token.algorithm()) == rules.algorithms.end()) {
    return base::invalid("its alg is not taken");
  }
  auto keys = source.keys_for(token.key_id());
  if (!keys) return keys.error();
  if (!(*keys)->knows(token.key_id())) return base::invalid("its key (kid) is not known");
  EVP_PKEY* key = (*keys)->find(token.key_id(), token.algorithm());
  if (key == nullptr) return base::invalid("its key is not of the kind that alg names");
  if (!base::verify_jws(key, token.algorithm(), token.signed_text(), token.signature())) {
    return base::invalid("its signature is wrong");
  }
  const json::Node claims = token.claims();
  if (!claims["iss"].is_string() || claims["iss"].text() != rules.issuer) {
    return base::invalid("its issuer (iss) is another");
  }
  if (!is_for(claims["aud"], rules.audiences)) return base::invalid("it is for another audience (aud)");
  const auto expires = check_times(claims, rules, std::chrono::system_clock::to_time_t(now));
  if (!expires) return expires.error();
  const json::Node id = claims["jti"];
  if (!id.is_string() || id.text().empty() || id.text().size() > kMostClaimBytes) {
    return base::invalid("its id (jti) is missing or too long");
  }
  return Verified{std::string(id.text()), *expires, std::move(*keys)};
}

}  // namespace pas::auth
