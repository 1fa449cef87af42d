#include "adapter/http/channel.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>
#include <cerrno>

namespace pas::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kRecordBytes = std::size_t{16} << 10U;  // RFC 8446 §5.1

}  // namespace

bool would_block(const boost::system::error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again;
}

Channel::Channel(Socket socket) : socket_(std::move(socket)) {}

void Channel::open() {
  Error ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

bool Channel::secure(const Tls& tls) {
  tls_ = tls.accept(socket_.native_handle());
  return tls_ != nullptr;
}

void Channel::before() {
  ERR_clear_error();
  errno = 0;
  wants_read_ = wants_write_ = false;
}

// What a call of OpenSSL that did not succeed means.
Channel::Error Channel::after(int result) {
  const int system = errno;
  const int error = SSL_get_error(tls_.get(), result);
  wants_read_ = error == SSL_ERROR_WANT_READ;
  wants_write_ = error == SSL_ERROR_WANT_WRITE;
  if (wants_read_ || wants_write_) return asio::error::would_block;
  if (error == SSL_ERROR_ZERO_RETURN) return asio::error::eof;
  if (error == SSL_ERROR_SYSCALL) return {system == 0 ? ECONNRESET : system, boost::system::system_category()};
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  failure_ = reason == nullptr ? "protocol error" : reason;
  return boost::system::errc::make_error_code(boost::system::errc::protocol_error);
}

Channel::Error Channel::handshake() {
  before();
  const int result = SSL_accept(tls_.get());
  if (result == 1) {
    has_more_ = true;  // a request may have come with the handshake's last bytes
    return {};
  }
  const Error error = after(result);
  if (!would_block(error) && ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST) {
    spoke_http_ = true;
    tls_.reset();
  }
  return error;
}

// As much as there is, up to the size of `bytes`.
std::size_t Channel::read(std::span<char> bytes, Error& error) {
  if (!tls_) return socket_.read_some(asio::buffer(bytes.data(), bytes.size()), error);
  error = {};
  has_more_ = true;
  std::size_t size = 0;
  while (size < bytes.size()) {
    before();
    std::size_t part = 0;
    const int result = SSL_read_ex(tls_.get(), bytes.data() + size, bytes.size() - size, &part);
    size += part;
    if (result == 1) continue;
    error = after(result);
    has_more_ = !would_block(error);
    if (size > 0) error = {};  // OpenSSL tells it again
    break;
  }
  return size;
}

std::size_t Channel::write(std::string_view head, std::string_view body, Error& error) {
  if (!tls_) {
    const std::array<asio::const_buffer, 2> parts = {asio::buffer(head.data(), head.size()),
                                                     asio::buffer(body.data(), body.size())};
    return socket_.write_some(parts, error);
  }
  error = {};
  before();
  std::size_t written = 0;
  int result = 0;
  if (head.empty()) {
    result = SSL_write_ex(tls_.get(), body.data(), body.size(), &written);
  } else {  // one record, not two
    std::array<char, kRecordBytes> record;
    const std::size_t head_size = std::min(head.size(), record.size());
    const std::size_t body_size = std::min(body.size(), record.size() - head_size);
    std::copy_n(body.data(), body_size, std::copy_n(head.data(), head_size, record.begin()));
    result = SSL_write_ex(tls_.get(), record.data(), head_size + body_size, &written);
  }
  if (result != 1) error = after(result);
  return written;
}

void Channel::finish() {
  if (tls_) {
    before();
    SSL_shutdown(tls_.get());
    tls_.reset();
    has_more_ = false;
  }
  Error ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void Channel::close() {
  Error ignored;
  socket_.close(ignored);
}

std::string Channel::remote_address() const {
  Error error;
  const auto peer = socket_.remote_endpoint(error);
  return error ? std::string() : peer.address().to_string();
}

}  // namespace pas::http
