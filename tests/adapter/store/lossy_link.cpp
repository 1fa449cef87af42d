#include "tests/adapter/store/lossy_link.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>

namespace pas::support {
namespace {

constexpr std::string_view kSocketName = "/.s.PGSQL.5432";
// CommandComplete of COMMIT, as the server sends it.
constexpr std::string_view kCommitted(
    "C\0\0\0\x0B"
    "COMMIT\0",
    12);
constexpr int kLookMs = 10;

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

}  // namespace

LossyLink::LossyLink(const std::string& conninfo) : conninfo_(conninfo) {
  std::string pattern = (std::filesystem::temp_directory_path() / "pas-link-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) std::abort();
  folder_ = pattern;
  const auto at = conninfo_.find("host=") + 5;
  const auto size = conninfo_.find(' ', at) - at;
  server_path_ = conninfo_.substr(at, size).append(kSocketName);
  conninfo_.replace(at, size, folder_);
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(folder_ + std::string(kSocketName));
  EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(::listen(listener_, 64), 0);
  thread_ = std::thread([this] { run(); });
}

LossyLink::~LossyLink() {
  stopping_ = true;
  thread_.join();
  ::close(listener_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void LossyLink::accept_one() {
  Pair pair;
  pair.client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  pair.server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(server_path_);
  EXPECT_EQ(::connect(pair.server, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  pairs_.push_back(std::move(pair));
}

bool LossyLink::pass(Pair& pair, bool from_client) {
  std::array<char, 65'536> piece;
  const ssize_t size = ::recv(from_client ? pair.client : pair.server, piece.data(), piece.size(), 0);
  if (size <= 0) return false;
  const std::string_view bytes(piece.data(), static_cast<std::size_t>(size));
  if (from_client) {
    if (loses_request_.exchange(false)) {
      ++lost_;
      return false;
    }
  } else {
    pair.tail.append(bytes);
    const bool committed = pair.tail.find(kCommitted) != std::string::npos;
    pair.tail.erase(0, pair.tail.size() - std::min(pair.tail.size(), kCommitted.size() - 1));
    if (committed && loses_commit_.exchange(false)) {
      ++lost_;
      return false;
    }
  }
  for (std::string_view rest = bytes; !rest.empty();) {
    const ssize_t sent = ::send(from_client ? pair.server : pair.client, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void LossyLink::run() {
  while (!stopping_) {
    std::vector<pollfd> waiting = {{listener_, POLLIN, 0}};
    for (const Pair& pair : pairs_) {
      waiting.push_back({pair.client, POLLIN, 0});
      waiting.push_back({pair.server, POLLIN, 0});
    }
    if (::poll(waiting.data(), waiting.size(), kLookMs) <= 0) continue;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      Pair& pair = pairs_[i];
      const bool goes_on = (waiting[1 + 2 * i].revents == 0 || pass(pair, true)) &&
                           (waiting[2 + 2 * i].revents == 0 || pass(pair, false));
      if (goes_on) continue;
      ::close(pair.client);
      ::close(pair.server);
      pair.client = -1;
    }
    std::erase_if(pairs_, [](const Pair& pair) { return pair.client < 0; });
    if (waiting[0].revents != 0) accept_one();
  }
  for (const Pair& pair : pairs_) {
    ::close(pair.client);
    ::close(pair.server);
  }
}

}  // namespace pas::support
