#include "adapter/conformance/client.h"

#include <chrono>
#include <utility>

namespace pas::conformance {

Client::Client(const ClientOptions& options)
    : options_(options),
      http_(std::make_unique<outbound::HttpClient>(outbound::ClientOptions{
          .certificates = {}, .certificate = {}, .certificate_key = {}, .takes_proxy = true})) {}

Answer Client::ask(const Call& call) {
  outbound::Request request;
  request.method = call.method;
  request.url = call.url;
  request.headers = call.headers;
  if (!call.body.empty()) request.body = call.body;
  request.connect_timeout_ms = request.total_timeout_ms = options_.timeout_ms;
  request.answer_limit_bytes = options_.answer_limit_bytes;
  const auto start = std::chrono::steady_clock::now();
  outbound::Answer got = http_->send(request);
  const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  if (got.is_cut)
    return {0, {}, "the answer is larger than " + std::to_string(options_.answer_limit_bytes) + " bytes", ms};
  return {got.status, std::move(got.body), std::move(got.error), ms};
}

}  // namespace pas::conformance
