#include "adapter/endpoints/monitor_endpoints.h"

#include <utility>

#include "adapter/endpoints/admin_json.h"
#include "fhir/json/writer.h"

namespace pas::endpoints {
namespace {

http::Response health(const store::Store& store) {
  const store::Health health = store.health();
  json::Writer out;
  out.begin_object().member("status", health.writable ? "ok" : "read-only");
  out.member("storeQueue", static_cast<std::int64_t>(health.queued)).end_object();
  return json_answer(200, std::move(out).take());
}

// The definitions are loaded before anything listens.
http::Response readiness(const store::Store& store, const service::Adjudicator& adjudicator, bool is_draining) {
  const bool is_writable = store.health().writable;
  const bool has_policies = !adjudicator.basis().policies->payers().empty();
  const bool is_ready = is_writable && has_policies && !is_draining;
  json::Writer out;
  out.begin_object().member("ready", is_ready).member("storeWritable", is_writable);
  out.member("policiesLoaded", has_policies).member("draining", is_draining).end_object();
  return json_answer(is_ready ? 200 : 503, std::move(out).take());
}

}  // namespace

std::vector<Route> health_routes(const store::Store& store, const service::Adjudicator& adjudicator,
                                 const std::atomic<bool>& is_draining) {
  return {
      {http::Method::kGet, Place::kServer, "/healthz", kOpen, [&store](Call&) { return health(store); }},
      {http::Method::kGet, Place::kServer, "/readyz", kOpen,
       [&](Call&) { return readiness(store, adjudicator, is_draining); }},
  };
}

std::vector<Route> metrics_routes(const observe::Registry& registry) {
  return {{http::Method::kGet, Place::kServer, "/metrics", kOpen, [&registry](Call&) {
             http::Response response;
             response.content_type = "text/plain; version=0.0.4; charset=utf-8";
             response.body = registry.text();
             return response;
           }}};
}

}  // namespace pas::endpoints
