#include "tests/adapter/http/fixture.h"

#include <gtest/gtest.h>

#include <thread>
#include <utility>

namespace pas::support {

http::Response echo(http::Request&& request) {
  http::Response response;
  response.content_type = "text/plain";
  response.headers.add("X-Method", request.method_text);
  response.headers.add("X-Path", request.path);
  response.body = std::move(request.body);
  response.route = "/echo";
  return response;
}

void Gate::open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
  opened_.notify_all();
}

void Gate::wait() {
  std::unique_lock lock(mutex_);
  opened_.wait_for(lock, std::chrono::seconds(20), [this] { return open_; });
}

RunningServer::RunningServer(const http::Options& options, http::Handler handler)
    : log_(observe::Log::to_sink(observe::Severity::kDebug, clock_,
                                 [this](std::string_view line) {
                                   const std::lock_guard lock(mutex_);
                                   lines_.emplace_back(line);
                                 })),
      server_(
          options, std::move(handler),
          [](int status, std::string_view code, std::string_view message) {
            http::Response response;
            if (status < 500) response.body = std::string(code) + ": " + std::string(message);
            return response;
          },
          log_, clock_, ids_) {
  const auto port = server_.start();
  EXPECT_TRUE(port.has_value());
  if (port) port_ = *port;
}

std::vector<std::string> RunningServer::log_lines(std::string_view text) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> found;
  for (const std::string& line : lines_) {
    if (line.find(text) != std::string::npos) found.push_back(line);
  }
  return found;
}

bool becomes_true(const std::function<bool()>& condition) {
  for (int i = 0; i < 4000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return condition();
}

}  // namespace pas::support
