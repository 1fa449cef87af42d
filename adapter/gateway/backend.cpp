#include "adapter/gateway/backend.h"

#include <algorithm>
#include <thread>

#include "adapter/auth/token_request.h"
#include "adapter/gateway/via.h"
#include "fhir/json/document.h"

namespace pas::gateway {
namespace {

constexpr std::size_t kMostAnswerBytes = std::size_t{64} << 20U;
constexpr std::size_t kMostTokenBytes = std::size_t{64} << 10U;
constexpr std::chrono::milliseconds kPause{200};   // between two tries
constexpr std::chrono::seconds kTokenReserve{30};  // before its end a token is renewed
constexpr std::chrono::seconds kShortestToken{60};
constexpr int kMostTries = 3;  // while the client waits
constexpr int kUnauthorized = 401;
constexpr int kTimeout = 408;
constexpr int kConflict = 409;
constexpr int kTooMany = 429;
constexpr int kServerFault = 500;
constexpr int kLoop = 508;

// What another try may mend: a fault of the server, or of the token.
bool is_passing(int status) {
  return status == 0 || status == kUnauthorized || status == 403 || status == kTimeout || status == kConflict ||
         status == kTooMany || (status >= kServerFault && status != kLoop);
}

}  // namespace

class Backend::Slot {
 public:
  explicit Slot(Backend& backend) : backend_(backend), is_free_(++backend.running_ <= backend.to_.most_at_once) {}
  ~Slot() { --backend_.running_; }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  bool is_free() const { return is_free_; }

 private:
  Backend& backend_;
  const bool is_free_;
};

Backend::Backend(ForwardTo to, std::string gateway, const base::Clock& clock, base::IdSource& ids, TryObserver on_try)
    : to_(std::move(to)),
      gateway_(std::move(gateway)),
      clock_(clock),
      ids_(ids),
      on_try_(std::move(on_try)),
      client_(to_.tls) {}

Backend::Asked Backend::post(const Question& question) {
  const Slot slot(*this);
  if (std::chrono::steady_clock::now() >= question.deadline) {  // no fault of the backend
    return {0, {}, "the deadline has passed", true};
  }
  if (!slot.is_free()) {
    on_try_({"busy", {}});
    return {0, {}, "as many requests as the backend may have are under way", true};
  }
  const auto began = std::chrono::steady_clock::now();
  if (!circuit_.may_try(began)) {
    on_try_({"spared", {}});
    return {0, {}, "the backend failed several times in a row and is spared for a while", true};
  }
  Asked asked = try_once(question);
  const auto ended = std::chrono::steady_clock::now();
  circuit_.note(asked.status != 0 && asked.status < kServerFault, ended);
  const std::string_view refused_or_answered = asked.ok() ? "answered" : "refused";
  on_try_({asked.may_retry ? "failed" : refused_or_answered, std::chrono::duration<double>(ended - began).count()});
  return asked;
}

Backend::Asked Backend::try_once(const Question& question) {
  std::string refused;  // a token
  for (int tries = 1;; ++tries) {
    std::vector<std::string> headers = {"Content-Type: application/fhir+json", "Accept: application/fhir+json",
                                        "Via: " + via_with(question.via, gateway_)};
    if (!question.key.empty()) headers.push_back("Idempotency-Key: " + std::string(question.key));
    if (!question.traceparent.empty()) headers.push_back("traceparent: " + std::string(question.traceparent));
    std::string bearer;
    if (!to_.token_url.empty()) {
      std::string problem;
      bearer = token(question.deadline, refused, problem);
      if (bearer.empty()) return {0, {}, std::move(problem), true};
      headers.push_back("Authorization: Bearer " + bearer);
    }
    outbound::Answer answer = send(to_.url + std::string(question.path), std::move(headers), question.body,
                                   question.deadline, kMostAnswerBytes);
    if (answer.is_cut) return {answer.status, {}, "the answer is larger than 64 MB", true};
    if (answer.status == kUnauthorized && !bearer.empty() && refused.empty()) {
      refused = std::move(bearer);  // it may have ended before its time
      continue;
    }
    const bool has_time = std::chrono::steady_clock::now() + kPause < question.deadline;
    if (answer.status == 0 && !answer.was_sent && has_time && tries < kMostTries) {
      std::this_thread::sleep_for(kPause);
      continue;
    }
    if (answer.status != 0) {
      return {answer.status, std::move(answer.body), answer.ok() ? "" : "the backend refused it",
              is_passing(answer.status)};
    }
    return {0, {}, std::move(answer.error), true};
  }
}

outbound::Answer Backend::send(std::string url, std::vector<std::string> headers, std::string_view body,
                               TimePoint deadline, std::size_t limit_bytes) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  if (left.count() <= 0) {
    outbound::Answer late;
    late.error = "the deadline has passed";
    return late;
  }
  outbound::Request request;
  request.url = std::move(url);
  request.headers = std::move(headers);
  request.body = body;
  request.total_timeout_ms = std::min<long>(to_.timeout_ms, static_cast<long>(left.count()));
  request.connect_timeout_ms = std::min(to_.connect_timeout_ms, request.total_timeout_ms);
  request.answer_limit_bytes = limit_bytes;
  return client_.send(request);
}

std::string Backend::token(TimePoint deadline, const std::string& refused, std::string& problem) {
  // Who holds it may wait for the token endpoint. By the wall clock: of the other wait the thread sanitizer sees
  // nothing.
  const auto left = deadline - std::chrono::steady_clock::now();
  const std::unique_lock lock(token_mutex_, std::chrono::system_clock::now() + left);
  if (!lock) {
    problem = "no token: another request waits for one";
    return {};
  }
  const auto now = clock_.now();
  if (!token_.empty() && token_ != refused && now < token_ends_) return token_;
  const std::string form = auth::token_request({to_.client_id, to_.token_url, to_.scope}, *to_.key, clock_, ids_);
  const outbound::Answer answer =
      send(to_.token_url, {std::string(auth::kTokenRequestType), "Accept: application/json"}, form, deadline,
           kMostTokenBytes);
  if (!answer.ok()) {
    problem = "no token: " + (answer.status == 0 ? answer.error : "status " + std::to_string(answer.status));
    return {};
  }
  const auto document = json::Document::parse(answer.body);
  const std::string_view text = document ? document->root()["access_token"].text() : std::string_view();
  const bool is_header_value = std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
  if (text.empty() || !is_header_value) {
    problem = "no token: the answer of the token endpoint holds none";
    return {};
  }
  token_ = text;
  const std::string life(document->root()["expires_in"].text());
  const bool is_number =
      !life.empty() && life.size() < 8 && std::ranges::all_of(life, [](char c) { return c >= '0' && c <= '9'; });
  const std::chrono::seconds lasts = is_number ? std::chrono::seconds(std::stol(life)) : kShortestToken;
  token_ends_ = now + std::max(lasts - kTokenReserve, std::chrono::seconds(1));
  return token_;
}

}  // namespace pas::gateway
