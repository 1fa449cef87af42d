#include "adapter/endpoints/test_endpoints.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <thread>

#include "adapter/endpoints/admin_json.h"
#include "adapter/endpoints/outcomes.h"
#include "adapter/endpoints/page_endpoints.h"
#include "fhir/base/calendar.h"
#include "fhir/base/utf8.h"
#include "fhir/json/document.h"
#include "fhir/json/writer.h"

namespace pas::endpoints {
namespace {

using service::Fault;
using service::ScriptStep;

constexpr int kMostDelayMs = 60'000;
constexpr int kMostDelayS = 86'400;
constexpr std::array<std::string_view, 5> kActions = {"A1", "A2", "A3", "A4", "A6"};

bool is_action(std::string_view action) {
  return std::ranges::find(kActions, action) != kActions.end();
}

// A whole number from `least` to `most`; nothing for anything else.
std::optional<int> number_of(json::Node node, int least, int most) {
  const std::string_view text = node.text();
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (!node.is_number() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value >= least && value <= most ? std::optional(value) : std::nullopt;
}

std::optional<ScriptStep> step_of(json::Node node) {
  if (node.is_string())
    return is_action(node.text()) ? std::optional(ScriptStep{std::string(node.text())}) : std::nullopt;
  const auto after = number_of(node["afterSeconds"], 0, kMostDelayS);
  if (node["first"].text() != "A4" || !is_action(node["then"].text()) || !after) return std::nullopt;
  return ScriptStep{"A4", std::string(node["then"].text()), std::chrono::seconds(*after)};
}

std::optional<Fault> fault_of(json::Node node) {
  const std::string_view name = node["fault"].text();
  if (name == "drop") return Fault{Fault::Kind::kDrop};
  if (name == "lose-notification") return Fault{Fault::Kind::kLoseNotification};
  if (name == "duplicate-notification") return Fault{Fault::Kind::kDuplicateNotification};
  if (name == "delay") {
    const auto value = number_of(node["milliseconds"], 1, kMostDelayMs);
    return value ? std::optional(Fault{Fault::Kind::kDelay, *value}) : std::nullopt;
  }
  const auto value = number_of(node["status"], 400, 599);
  return name == "status" && value ? std::optional(Fault{Fault::Kind::kStatus, *value}) : std::nullopt;
}

http::Response script_state(const Call& call, const service::TestMode& mode) {
  json::Writer out;
  out.begin_object()
      .member("outcomesLeft", static_cast<std::int64_t>(mode.steps_left(call.caller.client)))
      .end_object();
  return json_answer(200, std::move(out).take());
}

http::Response add_script(Call& call, service::TestMode& mode) {
  const auto body = json::Document::parse(std::move(call.request.body));
  if (!body || body->root()["outcomes"].size() == 0) return mistakes_answer(400, {"outcomes: a list is wanted."});
  std::vector<ScriptStep> steps;
  for (const json::Node node : body->root()["outcomes"]) {
    const auto step = step_of(node);
    if (!step) {
      return mistakes_answer(
          400, {"outcomes: each is A1, A2, A3, A4 or A6, or {\"first\": \"A4\", \"then\": …, \"afterSeconds\": …}."});
    }
    steps.push_back(*step);
  }
  return mode.add_steps(call.caller.client, std::move(steps)) ? script_state(call, mode)
                                                              : mistakes_answer(400, {"outcomes: at most 100 wait."});
}

http::Response add_faults(Call& call, service::TestMode& mode) {
  const auto body = json::Document::parse(std::move(call.request.body));
  if (!body || body->root()["faults"].size() == 0) return mistakes_answer(400, {"faults: a list is wanted."});
  std::vector<Fault> faults;
  for (const json::Node node : body->root()["faults"]) {
    const auto fault = fault_of(node);
    if (!fault) {
      return mistakes_answer(
          400, {"faults: each is delay with milliseconds, status with 400 to 599, drop, lose-notification or "
                "duplicate-notification."});
    }
    faults.push_back(*fault);
  }
  return mode.add_faults(call.caller.client, std::move(faults)) ? script_state(call, mode)
                                                                : mistakes_answer(400, {"faults: at most 100 wait."});
}

http::Response show_trace(const std::string& client, const service::TestMode& mode) {
  json::Writer out;
  out.begin_object().key("exchanges").begin_array();
  for (const service::TracedExchange& exchange : mode.trace(client)) {
    out.begin_object().member("at", base::to_instant(base::from_ms(exchange.at_ms)));
    out.member("method", exchange.method).member("target", exchange.target).member("status", exchange.status);
    out.member("microseconds", exchange.duration_us)
        .member("request", base::with_valid_utf8(exchange.request))
        .member("response", exchange.response)
        .end_object();
  }
  out.end_array().end_object();
  return json_answer(200, std::move(out).take());
}

http::Response receive(Call& call, service::TestMode& mode, const base::Clock& clock) {
  const std::string body = base::with_valid_utf8(call.request.body);
  return mode.receive(call.id, {base::to_ms(clock.now()), body}) ? json_answer(200, "{}")
                                                                 : problem(503, "Too many ids are listened to.");
}

http::Response show_received(const Call& call, const service::TestMode& mode) {
  json::Writer out;
  out.begin_object().key("arrivals").begin_array();
  for (const service::Notified& notified : mode.received(call.id)) {
    out.begin_object().member("at", base::to_instant(base::from_ms(notified.at_ms)));
    out.member("body", notified.body).end_object();
  }
  out.end_array().end_object();
  return json_answer(200, std::move(out).take());
}

}  // namespace

std::vector<Route> test_routes(service::TestMode& mode, const base::Clock& clock) {
  std::vector<Route> routes = {
      {http::Method::kPost, Place::kServer, "/test/script", kAnyClient,
       [&mode](Call& call) { return add_script(call, mode); }},
      {http::Method::kGet, Place::kServer, "/test/script", kAnyClient,
       [&mode](Call& call) { return script_state(call, mode); }},
      {http::Method::kDelete, Place::kServer, "/test/script", kAnyClient,
       [&mode](Call& call) {
         mode.reset(call.caller.client);
         return script_state(call, mode);
       }},
      {http::Method::kPost, Place::kServer, "/test/faults", kAnyClient,
       [&mode](Call& call) { return add_faults(call, mode); }},
      {http::Method::kGet, Place::kServer, "/test/trace", kAnyClient,
       [&mode](Call& call) { return show_trace(call.caller.client, mode); }},
      {http::Method::kPost, Place::kServer, "/test/notifications/{id}", kOpen,
       [&mode, &clock](Call& call) { return receive(call, mode, clock); }},
      {http::Method::kGet, Place::kServer, "/test/notifications/{id}", kAnyClient,
       [&mode](Call& call) { return show_received(call, mode); }},
  };
  for (Route& route : page_routes("/try", "try.html")) routes.push_back(std::move(route));
  return routes;
}

std::vector<Route> trace_routes(const service::TestMode& mode) {
  return {{http::Method::kGet, Place::kServer, "/admin/trace", auth::kAdminScope, [&mode](Call& call) {
             return show_trace(std::string(call.request.parameter("client").value_or(call.caller.client)), mode);
           }}};
}

http::Response answer_in_test_mode(http::Request& request, const std::function<http::Response(http::Request&)>& handler,
                                   const std::string& client, service::TestMode& mode, const base::Clock& clock) {
  constexpr std::array<std::string_view, 4> kNotTried = {"/test/", "/admin/", "/console/", "/try"};
  const auto is_below = [&request](std::string_view prefix) { return request.path.starts_with(prefix); };
  if (std::ranges::any_of(kNotTried, is_below)) return handler(request);
  const auto start = std::chrono::steady_clock::now();
  service::TracedExchange exchange;
  exchange.at_ms = base::to_ms(clock.now());
  exchange.method = request.method_text;
  exchange.target = request.target;
  exchange.request = request.body;
  http::Response response;
  const auto fault = mode.take_request_fault(client);
  if (fault && fault->kind == Fault::Kind::kDelay) std::this_thread::sleep_for(std::chrono::milliseconds(fault->value));
  if (fault && fault->kind == Fault::Kind::kStatus) {
    response = fault->value < 500 ? refusal(fault->value, validation::IssueType::kProcessing, "Test mode",
                                            "A fault that was asked for by POST /test/faults.")
                                  : http::Response{};
    response.status = fault->value;
  } else if (fault && fault->kind == Fault::Kind::kDrop) {
    response.drop = true;
  } else {
    response = handler(request);
  }
  exchange.duration_us =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start).count();
  exchange.status = response.drop ? 0 : response.status;
  exchange.response = response.content();
  mode.record(client, std::move(exchange));
  return response;
}

}  // namespace pas::endpoints
