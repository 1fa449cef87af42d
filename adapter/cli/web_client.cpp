#include "adapter/cli/web_client.h"

#include <chrono>

namespace pas::cli {
namespace {

constexpr long kTimeoutMs = 30'000;
constexpr std::size_t kMostAnswerBytes = std::size_t{64} << 20U;

std::size_t collect(char* data, std::size_t size, std::size_t count, void* target) {
  auto& body = *static_cast<std::string*>(target);
  if (body.size() + size * count > kMostAnswerBytes) return 0;
  body.append(data, size * count);
  return size * count;
}

CURL* make_handle() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);  // once in a process
  (void)ready;
  return curl_easy_init();
}

}  // namespace

WebClient::WebClient() : handle_(make_handle(), curl_easy_cleanup) {}

WebAnswer WebClient::get(const std::string& url) {
  curl_easy_reset(handle_.get());
  return perform(url);
}

WebAnswer WebClient::post(const std::string& url, std::string_view content_type, const std::string& body,
                          const std::string& token) {
  curl_easy_reset(handle_.get());
  using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;
  List headers(curl_slist_append(nullptr, std::string("Content-Type: ").append(content_type).c_str()),
               curl_slist_free_all);
  if (!token.empty()) {
    const std::string header = "Authorization: Bearer " + token;
    curl_slist_append(headers.get(), header.c_str());
  }
  curl_easy_setopt(handle_.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle_.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(handle_.get(), CURLOPT_POSTFIELDS, body.data());
  return perform(url);
}

WebAnswer WebClient::perform(const std::string& url) {
  WebAnswer answer;
  curl_easy_setopt(handle_.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle_.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle_.get(), CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt(handle_.get(), CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(handle_.get(), CURLOPT_TIMEOUT_MS, kTimeoutMs);
  curl_easy_setopt(handle_.get(), CURLOPT_NOSIGNAL, 1L);
  const auto start = std::chrono::steady_clock::now();
  const CURLcode code = curl_easy_perform(handle_.get());
  answer.ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  if (code == CURLE_OK) {
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  } else {
    answer.error = curl_easy_strerror(code);
  }
  return answer;
}

}  // namespace pas::cli
