#include "tests/adapter/notify/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <utility>

namespace pas::support {
namespace {

std::size_t content_length(std::string_view head) {
  constexpr std::string_view kName = "\r\nContent-Length: ";
  const auto at = head.find(kName);
  std::size_t length = 0;
  if (at != std::string_view::npos) {
    const std::string_view rest = head.substr(at + kName.size());
    std::from_chars(rest.data(), rest.data() + rest.size(), length);
  }
  return length;
}

// The next request of the connection; `rest` holds what came behind the last one.
std::optional<Received> read_request(int connection, std::string& rest) {
  std::array<char, 65536> buffer{};
  for (;;) {
    const auto end = rest.find("\r\n\r\n");
    if (end != std::string::npos) {
      const std::size_t whole = end + 4 + content_length(std::string_view(rest).substr(0, end));
      if (rest.size() >= whole) {
        Received request{rest.substr(0, end), rest.substr(end + 4, whole - end - 4)};
        rest.erase(0, whole);
        return request;
      }
    }
    const ssize_t count = ::recv(connection, buffer.data(), buffer.size(), 0);
    if (count <= 0) return std::nullopt;
    rest.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

Listener::Listener(Answer answer)
    : answer_(std::move(answer)), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(socket_, 64) != 0 ||
      ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_connections(); });
}

Listener::~Listener() {
  stopping_ = true;
  ::shutdown(socket_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::scoped_lock lock(mutex_);
    for (const int connection : open_) ::shutdown(connection, SHUT_RDWR);
  }
  for (std::thread& thread : connections_) thread.join();
  for (const int connection : open_) ::close(connection);
  ::close(socket_);
}

void Listener::accept_connections() {
  while (!stopping_) {
    const int connection = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    const std::scoped_lock lock(mutex_);
    open_.push_back(connection);
    connections_.emplace_back([this, connection] { serve(connection); });
  }
}

void Listener::serve(int connection) {
  std::string rest;
  while (auto request = read_request(connection, rest)) {
    std::size_t number = 0;
    {
      const std::scoped_lock lock(mutex_);
      number = received_.size();
      received_.push_back(*request);
      more_.notify_all();
    }
    const std::string answer =
        "HTTP/1.1 " + std::to_string(answer_(number, *request)) + " X\r\nContent-Length: 0\r\nLocation: /hook\r\n\r\n";
    if (::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return;
  }
}

std::vector<Received> Listener::received() const {
  const std::scoped_lock lock(mutex_);
  return received_;
}

bool Listener::has(std::size_t count) const {
  std::unique_lock lock(mutex_);
  return more_.wait_for(lock, std::chrono::minutes(1), [&] { return received_.size() >= count; });
}

}  // namespace pas::support
