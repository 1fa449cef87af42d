#include "tests/adapter/endpoints/payer_server.h"

#include <algorithm>
#include <utility>

namespace pas::endpoints_test {

void PayerServer::answer_with(std::optional<std::string> fault) {
  const std::scoped_lock lock(mutex_);
  fault_ = std::move(fault);
}

std::vector<std::string> PayerServer::take_sent() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(sent_, {});
}

http::Response PayerServer::ask(http::Request request) {
  const std::scoped_lock lock(mutex_);
  return routes_.ask(std::move(request));
}

http::Response PayerServer::answer(http::Request& request) {
  const std::scoped_lock lock(mutex_);
  sent_.push_back(request.path.starts_with(base_) ? request.path.substr(base_.size()) : request.path);
  if (!fault_) return routes_.ask(std::move(request));
  http::Response response;
  const bool is_status =
      fault_->size() == 3 && std::ranges::all_of(*fault_, [](char c) { return c >= '0' && c <= '9'; });
  if (is_status) {
    response.status = std::stoi(*fault_);
  } else {
    response.content_type = "application/fhir+json";
    response.body = *fault_;
  }
  return response;
}

}  // namespace pas::endpoints_test
