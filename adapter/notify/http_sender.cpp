#include "adapter/notify/http_sender.h"

#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <utility>

namespace pas::notify {
namespace {

constexpr std::size_t kMostIdle = 32;

struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, FreeHandle>;

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// What the callbacks of one transfer share.
struct Transfer {
  const Endpoint* endpoint;
  std::size_t left;  // bytes of the answer that may still come
  bool refused = false;
};

curl_socket_t open_socket(void* data, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(data);
  if (!transfer.endpoint->any_address && !is_public(address->addr)) {
    transfer.refused = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t take_answer(char*, std::size_t size, std::size_t count, void* data) {
  auto& transfer = *static_cast<Transfer*>(data);
  const std::size_t bytes = size * count;
  if (bytes > transfer.left) return 0;  // ends the transfer
  transfer.left -= bytes;
  return bytes;
}

class HttpSender final : public Sender {
 public:
  explicit HttpSender(const SenderOptions& options) : options_(options) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);  // once in a process
    (void)ready;
  }

  Sent post(const Post& post) override {
    Handle handle = take_handle(post.endpoint.host);
    if (handle == nullptr) return {0, "no memory for a connection"};
    Transfer transfer{&post.endpoint, options_.answer_limit_bytes};
    Sent sent = perform(handle.get(), post, transfer);
    curl_easy_reset(handle.get());  // forgets options and pointers, and keeps connections
    give_back(post.endpoint.host, std::move(handle));
    return sent;
  }

 private:
  Sent perform(CURL* handle, const Post& post, Transfer& transfer) const {
    std::unique_ptr<curl_slist, FreeList> headers;
    for (const char* own : {"Expect:", "Accept: application/fhir+json"}) append(headers, own);
    for (const std::string& header : post.headers) append(headers, header.c_str());
    curl_easy_setopt(handle, CURLOPT_URL, post.endpoint.url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");  // which of them, the policy has said
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(post.body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, post.body.data());
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "pas-adapter");
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, options_.connect_timeout_ms);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, options_.total_timeout_ms);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, &transfer);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
    if (!options_.certificates.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, options_.certificates.c_str());

    const CURLcode code = curl_easy_perform(handle);
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK || code == CURLE_WRITE_ERROR) return {static_cast<int>(status), {}};
    if (transfer.refused) return {0, "the host's address is not public", true};
    return {0, curl_easy_strerror(code)};
  }

  static void append(std::unique_ptr<curl_slist, FreeList>& list, const char* line) {
    if (curl_slist* longer = curl_slist_append(list.get(), line)) {
      (void)list.release();
      list.reset(longer);
    }
  }

  Handle take_handle(const std::string& host) {
    const std::scoped_lock lock(mutex_);
    const auto idle = std::find_if(idle_.begin(), idle_.end(), [&](const auto& each) { return each.first == host; });
    if (idle == idle_.end()) return Handle(curl_easy_init());
    Handle handle = std::move(idle->second);
    idle_.erase(idle);
    return handle;
  }

  void give_back(const std::string& host, Handle handle) {
    const std::scoped_lock lock(mutex_);
    if (idle_.size() >= kMostIdle) idle_.erase(idle_.begin());  // the longest idle
    idle_.emplace_back(host, std::move(handle));
  }

  const SenderOptions options_;
  std::mutex mutex_;
  std::vector<std::pair<std::string, Handle>> idle_;  // by the host of the last transfer
};

}  // namespace

std::unique_ptr<Sender> make_http_sender(const SenderOptions& options) {
  return std::make_unique<HttpSender>(options);
}

}  // namespace pas::notify
