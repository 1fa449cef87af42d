#include "tests/adapter/conformance/wrong_server.h"

#include <atomic>
#include <mutex>
#include <string_view>
#include <utility>

#include "adapter/conformance/client.h"
#include "fhir/fhirpath/fhirpath.h"
#include "fhir/json/bundle_index.h"
#include "fhir/json/patch.h"

namespace pas::support {
namespace {

bool is_true(const std::string& body, std::string_view expression) {
  const auto document = json::Document::parse(body);
  if (!document) return false;
  const auto program = fhirpath::Program::compile(expression, {}).value();
  const json::BundleIndex index(document->root());
  fhirpath::Environment environment;
  environment.index = &index;
  const auto items = fhirpath::Evaluation(environment).run(program, document->root());
  return items && items->size() == 1 && items->front().boolean().value_or(false);
}

void replace_all(std::string& text, std::string_view before, std::string_view after) {
  for (auto at = text.find(before); at != std::string::npos; at = text.find(before, at + after.size())) {
    text.replace(at, before.size(), after);
  }
}

// Where a patch does not fit, there is nothing to break.
std::string changed_by(std::string text, json::Node operations) {
  if (!operations) return text;
  auto changed = json::patched(text, operations);
  return changed ? *std::move(changed) : text;
}

std::string broken(std::string text, json::Node breakage) {
  for (const json::Node pair : breakage["replace"]) replace_all(text, pair.key(), pair.text());
  return changed_by(std::move(text), breakage["patch"]);
}

int status_of(json::Node breakage) {
  return std::stoi(std::string(breakage["status"].text()));
}

bool is_meant(const http::Request& request, json::Node breakage) {
  const std::string_view on = breakage["on"].text();
  const auto space = on.find(' ');
  const std::string_view path = on.substr(space + 1);
  const bool is_there = path.ends_with('*') ? request.path.find(path.substr(0, path.size() - 1)) != std::string::npos
                                            : request.path.ends_with(path);
  if (request.method_text != on.substr(0, space) || !is_there) return false;
  if (breakage["other"].is_true() && !request.headers.find("X-Client")) return false;
  if (request.body.find(breakage["sent"].text()) == std::string::npos) return false;
  return !breakage["when"] || is_true(request.body, breakage["when"].text());
}

}  // namespace

Stub::Stub(http::Handler handler)
    : server_(
          {}, std::move(handler), [](int, std::string_view, std::string_view) { return http::Response{}; }, log_,
          clock_, ids_),
      port_(server_.start().value()) {}

std::string Stub::url() const {
  return "http://127.0.0.1:" + std::to_string(port_);
}

struct WrongServer::State {
  std::string behind;
  json::Node breakage;
  std::atomic<bool> has_broken = false;
  std::mutex mutex;
  std::string hook;     // where the kit listens
  std::string address;  // its own, known when it listens already

  std::string here() {
    const std::lock_guard lock(mutex);
    return address;
  }

  http::Response answer(http::Request&& request);
  void redirect_hook(std::string& body);
};

void WrongServer::State::redirect_hook(std::string& body) {
  const auto document = json::Document::parse(body);
  const std::string endpoint(document ? document->root()["channel"]["endpoint"].text() : "");
  if (!endpoint.starts_with("http://127.0.0.1:")) return;
  const std::lock_guard lock(mutex);
  hook = endpoint;
  replace_all(body, endpoint, address + "/hook");
}

http::Response WrongServer::State::answer(http::Request&& request) {
  http::Response response;
  const bool is_hook = request.path == "/hook";
  const bool breaks = is_meant(request, breakage);
  if (breaks) has_broken = true;
  if (breaks && (breakage["body"] || breakage["lost"].is_true())) {
    response.status = breakage["status"] ? status_of(breakage) : 200;
    response.content_type = breakage["body"] ? "application/fhir+json" : "";
    response.body = breakage["body"] ? breakage["body"].to_json() : "";
    return response;
  }
  if (is_hook && breaks) request.body = broken(std::move(request.body), breakage);
  if (!is_hook && breaks) request.body = changed_by(std::move(request.body), breakage["ask"]);
  redirect_hook(request.body);
  conformance::Call call{request.method_text, behind + request.target, std::move(request.body)};
  if (is_hook) {
    const std::lock_guard lock(mutex);
    call.url = hook;
  }
  if (const auto type = request.headers.find("Content-Type")) {
    call.headers.push_back("Content-Type: " + std::string(*type));
  }
  auto answer = conformance::Client().ask(call);
  response.status = static_cast<int>(answer.status);
  if (!is_hook) replace_all(answer.body, behind, here());
  if (!is_hook && breaks) answer.body = broken(std::move(answer.body), breakage);
  if (!is_hook && breaks && breakage["status"]) {
    response.status = status_of(breakage);
    answer.body.clear();
  }
  if (!answer.body.empty()) response.content_type = "application/fhir+json";
  response.body = std::move(answer.body);
  return response;
}

WrongServer::WrongServer(std::string behind, json::Node breakage) : state_(std::make_shared<State>()) {
  state_->behind = std::move(behind);
  state_->breakage = breakage;
  stub_ =
      std::make_unique<Stub>([state = state_](http::Request&& request) { return state->answer(std::move(request)); });
  const std::lock_guard lock(state_->mutex);
  state_->address = stub_->url();
}

bool WrongServer::has_broken() const {
  return state_->has_broken;
}

}  // namespace pas::support
