#include "adapter/conformance/client.h"

#include <curl/curl.h>

#include <chrono>

namespace pas::conformance {
namespace {

struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeHeaders {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct Target {
  std::string* body;
  std::size_t limit_bytes;
};

std::size_t collect(char* data, std::size_t size, std::size_t count, void* context) {
  auto& target = *static_cast<Target*>(context);
  if (target.body->size() + size * count > target.limit_bytes) return 0;  // ends the transfer
  target.body->append(data, size * count);
  return size * count;
}

}  // namespace

struct Client::State {
  ClientOptions options;
  std::unique_ptr<CURL, FreeHandle> handle;
};

Client::Client(const ClientOptions& options) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);  // once in a process
  (void)ready;
  state_ = std::make_unique<State>(State{options, std::unique_ptr<CURL, FreeHandle>(curl_easy_init())});
}

Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Answer Client::ask(const Call& call) {
  Answer answer;
  CURL* handle = state_->handle.get();
  if (handle == nullptr) return {0, {}, "libcurl cannot be had"};
  curl_easy_reset(handle);  // keeps the connection
  std::unique_ptr<curl_slist, FreeHeaders> headers;
  for (const std::string& line : call.headers) {
    curl_slist* longer = curl_slist_append(headers.get(), line.c_str());
    if (longer == nullptr) return {0, {}, "no memory for a header"};
    (void)headers.release();  // it is part of the longer list
    headers.reset(longer);
  }
  Target target{&answer.body, state_->options.answer_limit_bytes};
  curl_easy_setopt(handle, CURLOPT_URL, call.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  if (!call.body.empty()) {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, call.body.data());
  }
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &target);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, state_->options.timeout_ms);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  const auto start = std::chrono::steady_clock::now();
  const CURLcode code = curl_easy_perform(handle);
  answer.ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  if (code == CURLE_OK) {
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer.status);
  } else {
    answer.error = curl_easy_strerror(code);
  }
  return answer;
}

}  // namespace pas::conformance
