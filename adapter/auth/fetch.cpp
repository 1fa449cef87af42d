#include "adapter/auth/fetch.h"

#include <curl/curl.h>

#include <memory>
#include <string_view>

#include "adapter/auth/keys.h"

namespace pas::auth {
namespace {

constexpr long kTimeoutMs = 5000;
constexpr std::size_t kMostUrlBytes = 2048;
constexpr long kOk = 200;

struct FreeCurl {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(char* text) const { curl_free(text); }
};

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  const std::unique_ptr<char, FreeCurl> owned(text);
  return text;
}

std::size_t take_bytes(char* data, std::size_t size, std::size_t count, void* body) {
  auto& text = *static_cast<std::string*>(body);
  if (text.size() + size * count > KeySet::kMostBytes) return 0;  // ends the transfer
  text.append(data, size * count);
  return size * count;
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
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);  // once in a process
  (void)ready;
  const std::unique_ptr<CURL, FreeCurl> handle(curl_easy_init());
  std::string body;
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle.get(), CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(handle.get(), CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(handle.get(), CURLOPT_USERAGENT, "pas-adapter");
  curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT_MS, kTimeoutMs);
  curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, take_bytes);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &body);
  if (!certificates.empty()) curl_easy_setopt(handle.get(), CURLOPT_CAINFO, certificates.c_str());
  const CURLcode code = curl_easy_perform(handle.get());
  if (code == CURLE_WRITE_ERROR) return base::unavailable("the JWK Set is too large");
  if (code != CURLE_OK) return base::unavailable(curl_easy_strerror(code));
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status != kOk) return base::unavailable("the server of the keys answered " + std::to_string(status));
  return body;
}

}  // namespace pas::auth
