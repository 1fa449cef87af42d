#include "adapter/auth/fetch.h"

#include <curl/curl.h>

#include <memory>
#include <string_view>

#include "adapter/auth/keys.h"
#include "adapter/outbound/http_client.h"

namespace pas::auth {
namespace {

constexpr long kTimeoutMs = 5000;
constexpr std::size_t kMostUrlBytes = 2048;
constexpr int kOk = 200;

struct FreeCurl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(char* text) const { curl_free(text); }
};

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  const std::unique_ptr<char, FreeCurl> owned(text);
  return text;
}

}  // namespace

base::Result<void> check_key_url(const std::string& url, bool allow_http) {
  const std::unique_ptr<CURLU, FreeCurl> parsed(curl_url());
  if (url.size() > kMostUrlBytes || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    return base::invalid("no URL: " + url.substr(0, kMostUrlBytes));
  }
  if (!part_of(parsed.get(), CURLUPART_USER).empty()) return base::invalid("a URL of keys holds no user name");
  const std::string scheme = part_of(parsed.get(), CURLUPART_SCHEME);
  const std::string host = part_of(parsed.get(), CURLUPART_HOST);
  const bool is_here = host == "localhost" || host == "127.0.0.1" || host == "[::1]";
  if (scheme == "https" || (scheme == "http" && (is_here || allow_http))) return {};
  return base::invalid("keys are fetched by https only: " + url);
}

base::Result<std::string> fetch(const std::string& url, const std::string& certificates) {
  outbound::Request request;
  request.url = url;
  request.total_timeout_ms = kTimeoutMs;
  request.answer_limit_bytes = KeySet::kMostBytes;
  outbound::Answer answer =
      outbound::HttpClient({.certificates = certificates, .certificate = {}, .certificate_key = {}}).send(request);
  if (answer.is_cut) return base::unavailable("the JWK Set is too large");
  if (answer.status == 0) return base::unavailable(std::move(answer.error));
  if (answer.status != kOk)
    return base::unavailable("the server of the keys answered " + std::to_string(answer.status));
  return std::move(answer.body);
}

}  // namespace pas::auth
