#include "mappings/inputs/signatures.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "fhir/base/base64.h"
#include "fhir/base/calendar.h"
#include "fhir/base/jws.h"
#include "fhir/base/text.h"
#include "mappings/inputs/canonical_json.h"

namespace pas::inputs {
namespace {

using Instant = std::chrono::system_clock::time_point;

constexpr std::size_t kMaxHeader = std::size_t{256} << 10U;
constexpr std::size_t kMaxCertificates = 8;

SignatureCheck unknown(std::string reason) {
  return {Verification::kUnknown, std::move(reason)};
}
SignatureCheck refused(std::string reason) {
  return {Verification::kRefused, std::move(reason)};
}

std::optional<Instant> signing_time(json::Node header, json::Node signature) {
  if (const json::Node time = header["sigT"]) return base::parse_instant(time.text());
  const json::Node seconds = header["iat"];
  if (!seconds) return base::parse_instant(signature["when"].text());
  std::int64_t value = 0;
  const std::string_view text = seconds.text();
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  constexpr std::int64_t kLast = 253402300799;  // of the year 9999
  const bool whole = seconds.is_number() && parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
  if (!whole || value < 0 || value > kLast) return std::nullopt;
  return Instant(std::chrono::seconds(value));
}

// Of "application/fhir+json;canonicalization=…".
std::string_view canonicalization_in(std::string_view target_format) {
  constexpr std::string_view kName = "canonicalization=";
  const std::size_t at = target_format.find(kName);
  if (at == std::string_view::npos) return {};
  const std::string_view value = target_format.substr(at + kName.size());
  return value.substr(0, value.find(';'));
}

std::optional<Canonicalization> method_of(json::Node header, json::Node signature) {
  if (const json::Node canon = header["canon"]) return canonicalization_of(canon.text());
  const std::string_view named = canonicalization_in(signature["targetFormat"].text());
  return named.empty() ? Canonicalization::kWhole : canonicalization_of(named);
}

std::optional<std::vector<std::string>> chain_of(json::Node x5c) {
  std::vector<std::string> chain;
  if (!x5c.is_array() || x5c.size() == 0 || x5c.size() > kMaxCertificates) return std::nullopt;
  for (const json::Node each : x5c) {
    auto der = each.is_string() ? base::decode_base64(each.text()) : std::nullopt;
    if (!der) return std::nullopt;
    chain.push_back(std::move(*der));
  }
  return chain;
}

// A payload that is sent along says the same as the resource.
bool says_the_same(const std::string& payload, json::Node target, Canonicalization method) {
  const auto document = json::Document::parse(payload);
  return document && document->root().is_object() &&
         canonical_json(document->root(), method, Numbers::kEcmaScript) ==
             canonical_json(target, method, Numbers::kEcmaScript);
}

SignatureCheck check_jws(const base::CompactJws& jws, json::Node signature, json::Node target,
                         const TrustStore& store) {
  const auto header_text = jws.header.size() <= kMaxHeader ? base::decode_base64url(jws.header) : std::nullopt;
  const auto payload = base::decode_base64url(jws.payload);
  const auto bytes = base::decode_base64url(jws.signature);
  if (!header_text || !payload || !bytes) return refused("a part of the JWS is not base64url");
  const auto document = json::Document::parse(*header_text);
  if (!document || !document->root().is_object()) return refused("the JWS header is not a JSON object");
  const json::Node header = document->root();
  const json::Node alg = header["alg"];
  const auto algorithm = alg.is_string() ? base::jws_algorithm_of(alg.text()) : std::nullopt;
  if (!algorithm) return refused("alg is none of RS256, RS384, ES256 and ES384");
  if (header["crit"]) return refused("the JWS header has a critical member that is not known");
  const auto chain = chain_of(header["x5c"]);
  if (!chain) return refused("the JWS header has no certificates (x5c)");
  const auto time = signing_time(header, signature);
  if (!time) return refused("it does not say when it was signed");
  const auto method = method_of(header, signature);
  if (!method) return unknown("its canonicalization is not known");
  const std::string start = std::string(jws.header) + ".";
  if (!jws.payload.empty()) {
    std::string fault = store.find_fault(*chain, *algorithm, start + std::string(jws.payload), *bytes, *time);
    if (fault.empty() && !says_the_same(*payload, target, *method)) fault = "its payload is not the resource";
    return fault.empty() ? SignatureCheck{Verification::kVerified, {}} : refused(std::move(fault));
  }
  const std::string written = canonical_json(target, *method, Numbers::kAsWritten);
  std::string fault = store.find_fault(*chain, *algorithm, start + base::encode_base64url(written), *bytes, *time);
  const std::string computed = canonical_json(target, *method, Numbers::kEcmaScript);
  if (!fault.empty() && computed != written) {
    fault = store.find_fault(*chain, *algorithm, start + base::encode_base64url(computed), *bytes, *time);
  }
  return fault.empty() ? SignatureCheck{Verification::kVerified, {}} : refused(std::move(fault));
}

}  // namespace

SignatureCheck check_signature(json::Node signature, json::Node target, const TrustStore* store) {
  if (store == nullptr) return unknown("no trust store is configured");
  const json::Node data = signature["data"];
  if (!data.is_string()) return unknown("it holds no digital signature");
  const std::string format = base::to_lower(signature["sigFormat"].text());
  if (!format.empty() && format != "application/jose" && format != "application/jwt") {
    return unknown("it is not a JWS");
  }
  if (signature.parent().parent()["target"].size() > 1) return unknown("it is on several resources at once");
  const auto compact = base::decode_base64(data.text());
  const auto jws = compact ? base::split_jws(*compact) : std::nullopt;
  if (!jws) return format.empty() ? unknown("it is not a JWS") : refused("its data is not a JWS of three parts");
  return check_jws(*jws, signature, target, *store);
}

}  // namespace pas::inputs
