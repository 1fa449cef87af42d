#pragma once
// The server of a payer that others forward to: the routes of an adapter of its own, behind a socket, with faults put
// in their way.

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/adapter/endpoints/routes.h"
#include "tests/adapter/http/fixture.h"

namespace pas::endpoints_test {

class PayerServer {
 public:
  // Below `base`, as others write its URL.
  explicit PayerServer(std::string base) : base_(std::move(base)) {}

  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()) + base_; }
  // What it answers from now on: a status, or that text with 200; nothing: what it decides.
  void answer_with(std::optional<std::string> fault);
  // The paths, below the base, of what came since the last call.
  std::vector<std::string> take_sent();
  // Asks it itself, past the faults.
  http::Response ask(http::Request request);
  const policy::PolicySet& policies() const { return routes_.policies(); }

 private:
  http::Response answer(http::Request& request);

  const std::string base_;
  std::mutex mutex_;
  std::optional<std::string> fault_;
  std::vector<std::string> sent_;
  Routes routes_{"memory"};
  support::RunningServer server_{{}, [this](http::Request&& request) { return answer(request); }};
};

}  // namespace pas::endpoints_test
