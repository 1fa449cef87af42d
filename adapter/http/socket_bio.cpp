#include "adapter/http/socket_bio.h"

#include <openssl/bio.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <memory>

namespace pas::http {
namespace {

int socket_of(BIO* bio) {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

bool passes() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

int write_socket(BIO* bio, const char* bytes, std::size_t size, std::size_t* written) {
  BIO_clear_retry_flags(bio);
  const ssize_t sent = ::send(socket_of(bio), bytes, size, MSG_NOSIGNAL);
  if (sent < 0 && passes()) BIO_set_retry_write(bio);
  *written = sent < 0 ? 0 : static_cast<std::size_t>(sent);
  return sent > 0 ? 1 : 0;
}

int read_socket(BIO* bio, char* bytes, std::size_t size, std::size_t* read) {
  BIO_clear_retry_flags(bio);
  const ssize_t got = ::recv(socket_of(bio), bytes, size, 0);
  if (got < 0 && passes()) BIO_set_retry_read(bio);
  if (got == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  *read = got < 0 ? 0 : static_cast<std::size_t>(got);
  return got > 0 ? 1 : 0;
}

long control(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF);
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* method() {
  static const std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> made = [] {
    BIO_METHOD* socket = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    if (socket != nullptr) {
      BIO_meth_set_write_ex(socket, write_socket);
      BIO_meth_set_read_ex(socket, read_socket);
      BIO_meth_set_ctrl(socket, control);
    }
    return std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)>(socket, BIO_meth_free);
  }();
  return made.get();
}

}  // namespace

BIO* make_socket_bio(int socket) {
  BIO* const bio = BIO_new(method());
  if (bio == nullptr) return nullptr;
  // All that a BIO holds of ours is one pointer. NOLINTNEXTLINE(performance-no-int-to-ptr)
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace pas::http
