#include "tests/support/http_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

namespace pas::support {
namespace {

constexpr timeval kPatience{20, 0};

}  // namespace

std::optional<std::string> HttpAnswer::header(std::string_view name) const {
  std::size_t line = head.find("\r\n");
  while (line != std::string::npos && line + 2 < head.size()) {
    line += 2;
    const std::size_t end = head.find("\r\n", line);
    const std::size_t colon = head.find(':', line);
    if (colon < end && colon - line == name.size() && strncasecmp(head.data() + line, name.data(), name.size()) == 0) {
      const std::size_t value = head.find_first_not_of(' ', colon + 1);
      return head.substr(value, end - value);
    }
    line = end;
  }
  return std::nullopt;
}

HttpClient::HttpClient(std::uint16_t port, bool ipv6) : socket_(::socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0)) {
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  int failed = 0;
  if (ipv6) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_loopback;
    address.sin6_port = htons(port);
    failed = connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  } else {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    failed = connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  EXPECT_EQ(failed, 0) << "cannot connect to port " << port << ", errno " << errno;
}

HttpClient::~HttpClient() {
  if (socket_ >= 0) close(socket_);
}

long HttpClient::write_some(std::string_view bytes) {
  return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

long HttpClient::read_some(char* bytes, std::size_t size) {
  return recv(socket_, bytes, size, 0);
}

bool HttpClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const long size = write_some(bytes);
    if (size <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

void HttpClient::finish_sending() {
  shutdown(socket_, SHUT_WR);
}

void HttpClient::reset() {
  const linger at_once{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(socket_);
  socket_ = -1;
}

bool HttpClient::fill() {
  std::array<char, 65536> part{};
  const long size = read_some(part.data(), part.size());
  if (size <= 0) return false;
  buffer_.append(part.data(), static_cast<std::size_t>(size));
  return true;
}

std::optional<HttpAnswer> HttpClient::receive(bool head_only) {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return std::nullopt;
  }
  HttpAnswer answer;
  answer.head = buffer_.substr(0, end + 4);
  buffer_.erase(0, end + 4);
  answer.status = std::atoi(answer.head.substr(answer.head.find(' ') + 1, 3).c_str());
  const std::size_t length = std::strtoull(answer.header("Content-Length").value_or("0").c_str(), nullptr, 10);
  if (head_only || answer.status == 204 || answer.status < 200) return answer;
  while (buffer_.size() < length) {
    if (!fill()) return std::nullopt;
  }
  answer.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return answer;
}

bool HttpClient::ended() {
  if (!buffer_.empty()) return false;
  char byte = 0;
  const long size = read_some(&byte, 1);
  return size == 0 || (size < 0 && errno == ECONNRESET);
}

std::string http_request(std::string_view method, std::string_view target, std::string_view body,
                         std::string_view headers) {
  std::string text;
  text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n").append(headers);
  if (method != "GET" && method != "HEAD" && method != "OPTIONS") {
    text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  }
  return text.append("\r\n").append(body);
}

}  // namespace pas::support
