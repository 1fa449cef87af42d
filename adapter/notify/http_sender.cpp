#include "adapter/notify/http_sender.h"

#include "adapter/outbound/http_client.h"

namespace pas::notify {
namespace {

class HttpSender final : public Sender {
 public:
  explicit HttpSender(const SenderOptions& options)
      : options_(options), client_({.certificates = options.certificates, .certificate = {}, .certificate_key = {}}) {}

  Sent post(const Post& post) override {
    outbound::Request request;
    request.url = post.endpoint.url;
    request.headers = post.headers;
    request.headers.insert(request.headers.begin(), "Accept: application/fhir+json");
    request.body = post.body;
    request.connect_timeout_ms = options_.connect_timeout_ms;
    request.total_timeout_ms = options_.total_timeout_ms;
    request.answer_limit_bytes = options_.answer_limit_bytes;
    if (!post.endpoint.any_address) request.may_connect = is_public;
    outbound::Answer answer = client_.send(request);
    return {answer.status, std::move(answer.error), answer.is_refused};
  }

 private:
  const SenderOptions options_;
  outbound::HttpClient client_;
};

}  // namespace

std::unique_ptr<Sender> make_http_sender(const SenderOptions& options) {
  return std::make_unique<HttpSender>(options);
}

}  // namespace pas::notify
