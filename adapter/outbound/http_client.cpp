#include "adapter/outbound/http_client.h"

#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <utility>

namespace pas::outbound {
namespace {

constexpr std::size_t kMostIdle = 32;

struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, FreeHandle>;

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

// What the callbacks of one transfer share.
struct Transfer {
  const Request& request;
  Answer answer;
};

curl_socket_t open_socket(void* data, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(data);
  if (transfer.request.may_connect && !transfer.request.may_connect(address->addr)) {
    transfer.answer.is_refused = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t take_answer(char* bytes, std::size_t size, std::size_t count, void* data) {
  auto& transfer = *static_cast<Transfer*>(data);
  if (transfer.answer.body.size() + size * count > transfer.request.answer_limit_bytes) {
    transfer.answer.is_cut = true;
    return 0;  // ends the transfer
  }
  transfer.answer.body.append(bytes, size * count);
  return size * count;
}

void append(HeaderList& list, const char* line) {
  if (curl_slist* longer = curl_slist_append(list.get(), line)) {
    (void)list.release();
    list.reset(longer);
  }
}

// Requests that may share connections: to one origin, and all or none of them with a judge of addresses, which sees a
// connection only when it is made.
std::string group_of(const Request& request) {
  const auto host = request.url.find("://");
  const auto end = host == std::string::npos ? host : request.url.find('/', host + 3);
  return (request.may_connect ? "judged " : "") + request.url.substr(0, end);
}

void perform(CURL* handle, const ClientOptions& options, Transfer& transfer) {
  const Request& request = transfer.request;
  HeaderList headers;
  append(headers, "Expect:");
  for (const std::string& header : request.headers) append(headers, header.c_str());
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");  // which of them, the caller has said
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  if (!options.takes_proxy) curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  if (request.body) {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body->size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body->data());
  }
  if (!request.method.empty()) curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "pas-adapter");
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, request.connect_timeout_ms);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, request.total_timeout_ms);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_answer);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
  if (!options.certificates.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, options.certificates.c_str());
  if (!options.certificate.empty()) {
    curl_easy_setopt(handle, CURLOPT_SSLCERT, options.certificate.c_str());
    curl_easy_setopt(handle, CURLOPT_SSLKEY, options.certificate_key.c_str());
  }

  Answer& answer = transfer.answer;
  const CURLcode code = curl_easy_perform(handle);
  long bytes = 0;
  curl_easy_getinfo(handle, CURLINFO_REQUEST_SIZE, &bytes);
  answer.was_sent = bytes > 0;
  if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && answer.is_cut)) {
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    answer.status = static_cast<int>(status);
  } else {
    answer.error = answer.is_refused ? "the host's address is not public" : curl_easy_strerror(code);
  }
}

}  // namespace

// Those that wait for the next request, by the group of the last.
class HttpClient::Handles {
 public:
  Handle take(const std::string& group) {
    const std::scoped_lock lock(mutex_);
    const auto idle = std::find_if(idle_.begin(), idle_.end(), [&](const auto& each) { return each.first == group; });
    if (idle == idle_.end()) return Handle(curl_easy_init());
    Handle handle = std::move(idle->second);
    idle_.erase(idle);
    return handle;
  }

  void give_back(std::string group, Handle handle) {
    curl_easy_reset(handle.get());  // forgets options and pointers, and keeps connections
    const std::scoped_lock lock(mutex_);
    if (idle_.size() >= kMostIdle) idle_.erase(idle_.begin());  // the longest idle
    idle_.emplace_back(std::move(group), std::move(handle));
  }

 private:
  std::mutex mutex_;
  std::vector<std::pair<std::string, Handle>> idle_;
};

HttpClient::HttpClient(ClientOptions options) : options_(std::move(options)) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);  // once in a process
  (void)ready;
  handles_ = std::make_unique<Handles>();
}

HttpClient::~HttpClient() = default;

Answer HttpClient::send(const Request& request) {
  std::string group = group_of(request);
  Handle handle = handles_->take(group);
  Transfer transfer{request, {}};
  if (handle == nullptr) {
    transfer.answer.error = "no memory for a connection";
    transfer.answer.was_sent = false;
    return std::move(transfer.answer);
  }
  perform(handle.get(), options_, transfer);
  handles_->give_back(std::move(group), std::move(handle));
  return std::move(transfer.answer);
}

}  // namespace pas::outbound
