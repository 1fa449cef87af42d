#include "adapter/conformance/listener.h"

#include <charconv>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "adapter/http/server.h"
#include "adapter/observe/log.h"
#include "fhir/base/clock.h"

namespace pas::conformance {

struct Listener::State {
  std::string host;
  std::uint16_t port = 0;
  std::mutex mutex;
  std::condition_variable more;
  std::vector<std::string> bodies;
  base::SystemClock clock;
  base::RandomIds ids;
  observe::Log log = observe::Log::to_sink(observe::Severity::kError, clock, [](std::string_view) {});
  std::unique_ptr<http::Server> server;  // last: its handler uses the rest
};

Listener::Listener(std::unique_ptr<State> state) : state_(std::move(state)) {}
Listener::~Listener() = default;

base::Result<std::unique_ptr<Listener>> Listener::open(const std::string& address) {
  auto state = std::make_unique<State>();
  const auto colon = address.rfind(':');
  state->host = address.substr(0, colon);
  http::Options options;
  options.host = state->host;
  options.workers = 2;
  options.limits.body_bytes = std::size_t{16} << 20U;
  const char* const end = address.data() + address.size();
  if (colon == std::string::npos || std::from_chars(address.data() + colon + 1, end, options.port).ptr != end) {
    return base::invalid(address + " is no HOST:PORT");
  }
  State& kept = *state;
  const auto take = [&kept](http::Request&& request) {
    const std::lock_guard lock(kept.mutex);
    kept.bodies.push_back(std::move(request.body));
    kept.more.notify_all();
    return http::Response{};
  };
  const auto refuse = [](int status, std::string_view, std::string_view) {
    http::Response response;
    response.status = status;
    return response;
  };
  state->server = std::make_unique<http::Server>(options, take, refuse, state->log, state->clock, state->ids);
  const auto port = state->server->start();
  if (!port) return port.error();
  state->port = *port;
  return std::unique_ptr<Listener>(new Listener(std::move(state)));
}

std::string Listener::url() const {
  return "http://" + state_->host + ":" + std::to_string(state_->port) + "/hook";
}

std::optional<std::string> Listener::hear(std::size_t number, std::chrono::milliseconds within) {
  std::unique_lock lock(state_->mutex);
  if (!state_->more.wait_for(lock, within, [&] { return state_->bodies.size() > number; })) return std::nullopt;
  return state_->bodies[number];
}

std::size_t Listener::heard() const {
  const std::lock_guard lock(state_->mutex);
  return state_->bodies.size();
}

}  // namespace pas::conformance
