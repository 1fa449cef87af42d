#include "adapter/http/exchange.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "adapter/http/grammar.h"
#include "adapter/observe/trace.h"

namespace pas::http {
namespace {

constexpr std::size_t kRequestIdBytes = 64;

void log_exception(Core& core, std::string_view event, std::string_view request_id, const char* what) {
  core.log.write(observe::Severity::kError, event, request_id, {{"what", what}});
}

Refusal refusal_of(const base::Error& error) {
  switch (error.code) {
    case base::ErrorCode::kTooLarge:
      return {413, "too-long", "the decompressed body is over the limit"};
    case base::ErrorCode::kUnavailable:
      return {503, "throttled", "too many bodies at once"};
    default:
      return {400, "structure", "the compressed body is damaged"};
  }
}

Response call(Core& core, Exchange& exchange) {
  if (exchange.coding != Coding::kIdentity && !exchange.request.body.empty()) {
    auto body =
        decompress(exchange.request.body, exchange.coding, core.options.limits.body_bytes,
                   [&exchange](std::size_t bytes) { return exchange.charge.add(bytes) == Charge::Room::kThere; });
    if (!body) return refusal_response(core, refusal_of(body.error()), exchange.request_id);
    exchange.request.body = *std::move(body);
  }
  return core.handler(std::move(exchange.request));
}

}  // namespace

void run(Core& core, Exchange& exchange) {
  try {
    exchange.response = call(core, exchange);
  } catch (const std::exception& error) {
    log_exception(core, "http.handler_exception", exchange.request_id, error.what());
    exchange.response = internal_error({});
  } catch (...) {
    log_exception(core, "http.handler_exception", exchange.request_id, "not a std::exception");
    exchange.response = internal_error({});
  }
  exchange.request = Request{};
  exchange.charge.release();
}

Response internal_error(std::string route) {
  Response response;
  response.status = 500;
  response.route = std::move(route);
  return response;
}

Response refusal_response(Core& core, const Refusal& refusal, std::string_view request_id) {
  Response response;
  try {
    if (core.error_body) response = core.error_body(refusal.status, refusal.code, refusal.message);
  } catch (const std::exception& error) {
    log_exception(core, "http.error_body_exception", request_id, error.what());
    response = Response{};
  }
  response.status = refusal.status;
  if (refusal.status == 503 || refusal.status == 429) {
    response.headers.add("Retry-After", std::to_string(core.options.retry_after.count()));
  }
  return response;
}

std::string choose_trace(const Headers& headers, base::IdSource& ids) {
  const bool is_one = headers.count(observe::kTraceParent) == 1;
  return observe::continue_trace(is_one ? *headers.find(observe::kTraceParent) : std::string_view(), ids);
}

std::string choose_request_id(const Headers& headers, base::IdSource& ids) {
  const std::string_view given = headers.find("X-Request-Id").value_or("");
  const bool well_formed = !given.empty() && given.size() <= kRequestIdBytes &&
                           std::all_of(given.begin(), given.end(),
                                       [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
  return well_formed ? std::string(given) : ids.uuid();
}

}  // namespace pas::http
