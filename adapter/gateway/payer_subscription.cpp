#include "adapter/gateway/payer_subscription.h"

#include <openssl/crypto.h>

#include "adapter/notify/notification.h"
#include "fhir/base/calendar.h"
#include "fhir/json/writer.h"

namespace pas::gateway {
namespace {

constexpr std::string_view kBackport = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/";
constexpr std::string_view kBearer = "Bearer ";
constexpr std::size_t kMostNumbers = 50;

void write_extension(json::Writer& out, std::string_view name, std::string_view type, std::string_view value) {
  out.begin_object().key("extension").begin_array().begin_object();
  out.member("url", std::string(kBackport).append(name)).member(type, value);
  out.end_object().end_array().end_object();
}

class Numbers {
 public:
  // A Bundle, or one inside it.
  void read(json::Node bundle, bool is_inside) {
    for (const json::Node entry : bundle["entry"]) {
      const json::Node resource = entry["resource"];
      if (resource["resourceType"].text() == "Bundle" && !is_inside) read(resource, true);
      if (resource["resourceType"].text() == "ClaimResponse") read_response(resource);
    }
  }
  std::set<std::string> take() && { return std::move(numbers_); }

 private:
  void read_response(json::Node response) {
    for (const json::Node item : response["item"]) {
      for (const json::Node extension : item["extension"]) {
        add(extension["valueString"]);  // administrative reference number, authorization number
        add(extension["valueIdentifier"]["value"]);
      }
      for (const json::Node adjudication : item["adjudication"]) {
        for (const json::Node review : adjudication["extension"]) {
          for (const json::Node part : review["extension"]) add(part["valueString"]);
        }
      }
    }
  }

  void add(json::Node text) {
    if (text.is_string() && !text.text().empty() && numbers_.size() < kMostNumbers) numbers_.emplace(text.text());
  }

  std::set<std::string> numbers_;
};

}  // namespace

std::string write_subscription(const ForwardTo& to, std::string_view endpoint,
                               std::chrono::system_clock::time_point end) {
  std::string filter = "org-identifier=";
  for (const std::string& organization : to.organizations) {
    filter.append(filter.ends_with('=') ? "" : ",").append(organization);
  }
  json::Writer out;
  out.begin_object().member("resourceType", "Subscription").member("status", "requested");
  out.member("end", base::to_instant(end)).member("reason", "Decisions on what was forwarded");
  out.member("criteria", notify::kTopic).key("_criteria");
  write_extension(out, "backport-filter-criteria", "valueString", filter);
  out.key("channel").begin_object().member("type", "rest-hook").member("endpoint", endpoint);
  out.key("header").begin_array().string("Authorization: " + std::string(kBearer) + to.notify_secret).end_array();
  out.member("payload", "application/fhir+json").key("_payload");
  write_extension(out, "backport-payload-content", "valueCode", "full-resource");
  out.end_object().end_object();
  return std::move(out).take();
}

bool is_one_subscription(const ForwardTo& a, const ForwardTo& b) {
  return a.url == b.url && a.organizations == b.organizations && a.notify_secret == b.notify_secret;
}

bool has_secret(std::string_view authorization, std::string_view secret) {
  if (secret.empty() || !authorization.starts_with(kBearer)) return false;
  authorization.remove_prefix(kBearer.size());
  return authorization.size() == secret.size() &&
         CRYPTO_memcmp(authorization.data(), secret.data(), secret.size()) == 0;
}

std::set<std::string> numbers_told(json::Node notification) {
  Numbers numbers;
  numbers.read(notification, false);
  return std::move(numbers).take();
}

}  // namespace pas::gateway
