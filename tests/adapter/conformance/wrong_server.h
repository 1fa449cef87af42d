#pragma once
// A server for the kit to find fault with: it stands before another, and breaks one thing of what that one answers.

#include <functional>
#include <memory>
#include <string>

#include "adapter/http/server.h"
#include "adapter/observe/log.h"
#include "fhir/base/clock.h"
#include "fhir/json/document.h"

namespace pas::support {

// A server on a free port of 127.0.0.1 that answers by a function.
class Stub {
 public:
  explicit Stub(http::Handler handler);
  std::string url() const;  // without a path

 private:
  base::SystemClock clock_;
  base::RandomIds ids_;
  observe::Log log_ = observe::Log::to_sink(observe::Severity::kError, clock_, [](std::string_view) {});
  http::Server server_;
  std::uint16_t port_;
};

// `breakage` is a case of tests/cases/conformance/breakages.json:
//   on      "POST $submit": of which requests, their method and their path's end, or with * what is in it; of
//           notifications "POST /hook"
//   sent, when, other   and of these such whose body holds the text, or makes the FHIRPath true, or that are of the
//           kit's other client alone
//   ask     JSON Patch of the request: what the server overlooks
//   status, body   in place of its own; with a body the server behind is not asked; a status alone has none
//   replace, patch   texts of the answer, or of the notification, by what stands there instead; JSON Patch of it
//   lost    the notification does not arrive
// URLs of the server behind are told as its own, and Subscriptions are made with an endpoint here, from which their
// notifications are passed on.
class WrongServer {
 public:
  WrongServer(std::string behind, json::Node breakage);
  std::string url() const { return stub_->url(); }
  bool has_broken() const;  // it was ever in a position to

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::unique_ptr<Stub> stub_;
};

}  // namespace pas::support
