#include "adapter/service/test_mode.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace pas::service {
namespace {

bool is_of_notification(const Fault& fault) {
  return fault.kind == Fault::Kind::kLoseNotification || fault.kind == Fault::Kind::kDuplicateNotification;
}

}  // namespace

bool TestMode::add_steps(std::string_view client, std::vector<ScriptStep> steps) {
  const std::lock_guard lock(mutex_);
  Client& entry = clients_[std::string(client)];
  if (entry.steps.size() + steps.size() > kMostSteps) return false;
  entry.is_scripting = true;
  std::ranges::move(steps, std::back_inserter(entry.steps));
  return true;
}

bool TestMode::add_faults(std::string_view client, std::vector<Fault> faults) {
  const std::lock_guard lock(mutex_);
  Client& entry = clients_[std::string(client)];
  if (entry.faults.size() + faults.size() > kMostSteps) return false;
  std::ranges::move(faults, std::back_inserter(entry.faults));
  return true;
}

std::optional<ScriptStep> TestMode::take_step(std::string_view client) {
  const std::lock_guard lock(mutex_);
  const auto found = clients_.find(client);
  if (found == clients_.end() || found->second.steps.empty()) return std::nullopt;
  ScriptStep step = std::move(found->second.steps.front());
  found->second.steps.pop_front();
  return step;
}

template <class Wanted>
std::optional<Fault> TestMode::take_fault(Client& client, Wanted wanted) {
  const auto found = std::ranges::find_if(client.faults, wanted);
  if (found == client.faults.end()) return std::nullopt;
  const Fault fault = *found;
  client.faults.erase(found);
  return fault;
}

std::optional<Fault> TestMode::take_request_fault(std::string_view client) {
  const std::lock_guard lock(mutex_);
  const auto found = clients_.find(client);
  if (found == clients_.end()) return std::nullopt;
  return take_fault(found->second, [](const Fault& fault) { return !is_of_notification(fault); });
}

std::optional<Fault> TestMode::take_notification_fault() {
  const std::lock_guard lock(mutex_);
  for (auto& [name, client] : clients_) {
    if (auto fault = take_fault(client, is_of_notification)) return fault;
  }
  return std::nullopt;
}

std::size_t TestMode::steps_left(std::string_view client) const {
  const std::lock_guard lock(mutex_);
  const auto found = clients_.find(client);
  return found == clients_.end() ? 0 : found->second.steps.size();
}

bool TestMode::is_scripting(std::string_view client) const {
  const std::lock_guard lock(mutex_);
  const auto found = clients_.find(client);
  return found != clients_.end() && found->second.is_scripting;
}

void TestMode::record(std::string_view client, TracedExchange exchange) {
  for (std::string* body : {&exchange.request, &exchange.response}) {
    if (body->size() > kMostTracedBytes) body->resize(kMostTracedBytes);
  }
  const std::lock_guard lock(mutex_);
  auto& exchanges = clients_[std::string(client)].exchanges;
  exchanges.push_back(std::move(exchange));
  if (exchanges.size() > kMostExchanges) exchanges.pop_front();
}

std::vector<TracedExchange> TestMode::trace(std::string_view client) const {
  const std::lock_guard lock(mutex_);
  const auto found = clients_.find(client);
  if (found == clients_.end()) return {};
  return {found->second.exchanges.begin(), found->second.exchanges.end()};
}

bool TestMode::receive(std::string_view box, Notified notified) {
  if (notified.body.size() > kMostTracedBytes) notified.body.resize(kMostTracedBytes);
  const std::lock_guard lock(mutex_);
  auto found = boxes_.find(box);
  if (found == boxes_.end()) {
    if (boxes_.size() >= kMostBoxes) return false;
    found = boxes_.emplace(box, std::deque<Notified>()).first;
  }
  found->second.push_back(std::move(notified));
  if (found->second.size() > kMostNotified) found->second.pop_front();
  return true;
}

std::vector<Notified> TestMode::received(std::string_view box) const {
  const std::lock_guard lock(mutex_);
  const auto found = boxes_.find(box);
  if (found == boxes_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

void TestMode::reset(std::string_view client) {
  const std::lock_guard lock(mutex_);
  const auto found = clients_.find(client);
  if (found != clients_.end()) clients_.erase(found);
}

}  // namespace pas::service
