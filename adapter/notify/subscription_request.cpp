#include "adapter/notify/subscription_request.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

#include "fhir/base/calendar.h"
#include "fhir/json/writer.h"

namespace pas::notify {
namespace {

using validation::IssueType;
using validation::Severity;

constexpr std::string_view kExtensions = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/";
constexpr std::string_view kFilter = "backport-filter-criteria";
constexpr std::string_view kContent = "backport-payload-content";
constexpr std::string_view kHeartbeat = "backport-heartbeat-period";
constexpr std::size_t kMostOrganizations = 200;
constexpr std::size_t kMostHeaders = 20;
constexpr std::int64_t kLeastHeartbeat = 10;
constexpr std::int64_t kMostHeartbeat = 86'400;

std::vector<json::Node> extensions_of(json::Node element, std::string_view name) {
  std::vector<json::Node> found;
  for (const json::Node extension : element["extension"]) {
    const std::string_view url = extension["url"].text();
    if (url.starts_with(kExtensions) && url.substr(kExtensions.size()) == name) found.push_back(extension);
  }
  return found;
}

struct Reader {
  json::Node resource;
  validation::Report& report;

  void fault(IssueType type, std::string_view rule, json::Node place, std::string message,
             std::string_view member = {}) const {
    report.add(Severity::kError, type, rule, place ? place : resource, std::move(message), member);
  }
};

// %7C may stand for the bar, and %2C for a comma of a value.
std::optional<std::string> decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    unsigned value = 0;
    if (i + 2 >= text.size()) return std::nullopt;
    const auto read = std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16);
    if (read.ptr != text.data() + i + 3 || value < 0x20) return std::nullopt;
    decoded += static_cast<char>(value);
    i += 2;
  }
  return decoded;
}

// org-identifier (spec-58) or orgIdentifier (topic), "=", and values divided by commas; a resource type may stand
// before it, as in a search.
std::optional<std::vector<std::string>> read_filter(std::string_view filter) {
  if (const auto question = filter.find('?'); question != std::string_view::npos) filter.remove_prefix(question + 1);
  const auto equals = filter.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const std::string_view name = filter.substr(0, equals);
  if (name != "org-identifier" && name != "orgIdentifier") return std::nullopt;
  std::vector<std::string> organizations;
  std::string_view rest = filter.substr(equals + 1);
  if (rest.find('&') != std::string_view::npos) return std::nullopt;
  while (true) {
    const auto comma = rest.find(',');
    auto value = decode(rest.substr(0, comma));
    if (!value || value->empty() || value->ends_with('|')) return std::nullopt;
    if (std::find(organizations.begin(), organizations.end(), *value) == organizations.end()) {
      organizations.push_back(std::move(*value));
    }
    if (comma == std::string_view::npos) return organizations;
    rest.remove_prefix(comma + 1);
  }
}

void read_criteria(const Reader& in, SubscriptionRequest& request) {
  const std::string_view criteria = in.resource["criteria"].text();
  const bool is_topic =
      criteria.starts_with(kTopic) && (criteria.size() == kTopic.size() || criteria[kTopic.size()] == '|');
  if (!is_topic) {
    in.fault(IssueType::kValue, "PAS profile-subscription", in.resource,
             "The criteria must be the PAS topic, " + std::string(kTopic) + ".", "criteria");
  }
  const auto filters = extensions_of(in.resource["_criteria"], kFilter);
  if (filters.size() != 1) {
    in.fault(IssueType::kRequired, "PAS spec-58", in.resource,
             "The criteria need exactly one extension backport-filter-criteria, as org-identifier=VALUE.", "criteria");
    return;
  }
  const json::Node value = filters.front()["valueString"];
  auto organizations = read_filter(value.text());
  if (!organizations) {
    in.fault(IssueType::kValue, "PAS spec-58", value ? value : filters.front(),
             "The filter must be org-identifier= or orgIdentifier= and identifiers (VALUE or SYSTEM|VALUE, divided by "
             "commas), and nothing else.");
    return;
  }
  if (organizations->size() > kMostOrganizations) {
    in.fault(IssueType::kTooCostly, "PAS spec-58", value, "The filter names more than 200 organizations.");
  }
  request.organizations = std::move(*organizations);
}

void read_payload(const Reader& in, json::Node channel, const pas::Version& version) {
  const std::string_view mime = channel["payload"].text();
  const std::string_view type = mime.substr(0, mime.find(';'));
  if (type != "application/fhir+json" && type != "application/json") {
    in.fault(IssueType::kNotSupported, "FHIR Subscription.channel.payload",
             channel["payload"] ? channel["payload"] : channel,
             "The payload must be application/fhir+json or application/json.", channel["payload"] ? "" : "payload");
  }
  const auto contents = extensions_of(channel["_payload"], kContent);
  const std::string_view content = contents.size() == 1 ? contents[0]["valueCode"].text() : std::string_view();
  const bool id_only = content == "id-only" && version.name == "2.0.1";
  if (content != "full-resource" && !id_only) {
    in.fault(IssueType::kNotSupported, "PAS spec-60", contents.empty() ? channel : contents.front(),
             version.name == "2.0.1" ? "The extension backport-payload-content must be full-resource or id-only."
                                     : "The extension backport-payload-content must be full-resource.");
  }
}

void read_headers(const Reader& in, json::Node channel) {
  const json::Node headers = channel["header"];
  if (headers.size() > kMostHeaders) {
    in.fault(IssueType::kTooCostly, "FHIR Subscription.channel.header", headers, "At most 20 headers are sent.");
  }
  for (const json::Node header : headers) {
    if (is_header_allowed(header.text())) continue;
    in.fault(IssueType::kValue, "FHIR Subscription.channel.header", header,
             "A header must be \"Name: value\" of printable ASCII, and not one that the server itself writes "
             "(Content-Type, Host, Content-Length and the like).");
  }
}

void read_heartbeat(const Reader& in, json::Node channel, SubscriptionRequest& request) {
  for (const json::Node extension : extensions_of(channel, kHeartbeat)) {
    const json::Node value = extension["valueUnsignedInt"] ? extension["valueUnsignedInt"] : extension["valueInteger"];
    const std::string_view text = value.text();
    const auto read = std::from_chars(text.data(), text.data() + text.size(), request.heartbeat_s);
    const bool number = read.ec == std::errc() && read.ptr == text.data() + text.size();
    if (!number || request.heartbeat_s < kLeastHeartbeat || request.heartbeat_s > kMostHeartbeat) {
      in.fault(IssueType::kValue, "backport-heartbeat-period", extension, "Heartbeats come every 10 to 86400 seconds.");
    }
  }
}

void read_end(const Reader& in, std::int64_t now_ms, SubscriptionRequest& request) {
  const json::Node end = in.resource["end"];
  if (!end) return;
  const auto instant = base::parse_instant(end.text());
  if (!instant) {
    in.fault(IssueType::kValue, "FHIR instant", end, "The end must be an instant: date, time to the second, offset.");
    return;
  }
  request.end_ms = std::chrono::duration_cast<std::chrono::milliseconds>(instant->time_since_epoch()).count();
  if (request.end_ms <= now_ms) {
    in.fault(IssueType::kBusinessRule, "FHIR Subscription.end", end, "The end is in the past.");
  }
}

}  // namespace

SubscriptionRequest read_subscription(json::Node resource, const pas::Version& version, const EndpointPolicy& policy,
                                      std::int64_t now_ms, validation::Report& report) {
  SubscriptionRequest request;
  const Reader in{resource, report};
  if (resource["resourceType"].text() != "Subscription") {
    in.fault(IssueType::kInvalid, "FHIR create", resource, "A Subscription is wanted here.");
    return request;
  }
  request.off = resource["status"].text() == "off";
  read_criteria(in, request);
  read_end(in, now_ms, request);
  const json::Node channel = resource["channel"];
  if (channel["type"].text() != "rest-hook") {
    in.fault(IssueType::kNotSupported, "PAS spec-57", channel["type"] ? channel["type"] : channel,
             "The channel must be rest-hook.");
  }
  const json::Node endpoint = channel["endpoint"];
  request.endpoint = endpoint.text();
  if (const auto checked = policy.check(request.endpoint); !checked) {
    in.fault(IssueType::kValue, "PAS profile-subscription", endpoint ? endpoint : channel,
             "No notification can be sent there: " + checked.error().message + ".");
  }
  read_payload(in, channel, version);
  read_headers(in, channel);
  read_heartbeat(in, channel, request);
  return request;
}

Channel channel_of(json::Node resource) {
  const json::Node node = resource["channel"];
  Channel channel;
  channel.headers.push_back("Content-Type: " + std::string(node["payload"].text()));
  for (const json::Node header : node["header"]) channel.headers.emplace_back(header.text());
  for (const json::Node extension : extensions_of(node["_payload"], kContent)) {
    if (extension["valueCode"].text() == "id-only") channel.content = Content::kIdOnly;
  }
  return channel;
}

std::string write_subscription(json::Node resource, std::string_view id, std::string_view status,
                               std::string_view error) {
  json::Writer out;
  out.begin_object().member("resourceType", "Subscription").member("id", id);
  for (const json::Node member : resource) {
    const std::string_view name = member.key();
    if (name == "resourceType" || name == "id" || name == "status" || name == "error") continue;
    out.member(name, member);
  }
  out.member("status", status);
  if (!error.empty()) out.member("error", error);
  out.end_object();
  return std::move(out).take();
}

}  // namespace pas::notify
