#pragma once
// A connection's bytes, over TLS or plain: the socket with, after secure(), TLS upon it. Never blocks: an error of
// would_block asks to wait(). Internal to adapter/http; on the thread of its loop.

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "adapter/http/tls.h"

namespace pas::http {

using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

bool would_block(const boost::system::error_code& error);

class Channel {
 public:
  using Error = boost::system::error_code;

  explicit Channel(Socket socket);

  // Without delay in its packets, and not blocking.
  void open();
  // handshake() comes before anything is read or written.
  bool secure(const Tls& tls);
  bool is_tls() const { return tls_ != nullptr; }
  // No error: it is done.
  Error handshake();
  // The client spoke plain HTTP instead of a handshake; the channel is plain now.
  bool spoke_http() const { return spoke_http_; }
  // What was wrong with the handshake, for the log; empty when the client is only gone.
  const std::string& failure() const { return failure_; }

  std::size_t read(std::span<char> bytes, Error& error);
  // A part of head and body, in this order. After would_block the same bytes come again.
  std::size_t write(std::string_view head, std::string_view body, Error& error);
  // Says that nothing more comes; what is read from now on is as it came, to be dropped.
  void finish();
  void close();

  // Calls back with an Error when what would_block stopped may go on, or there is something to read.
  template <class Callback>
  void wait_to_read(Callback callback) {
    if (has_more_) return boost::asio::post(socket_.get_executor(), [callback] { callback(Error()); });
    socket_.async_wait(wants_write_ ? Socket::wait_write : Socket::wait_read, std::move(callback));
  }
  template <class Callback>
  void wait_to_write(Callback callback) {
    socket_.async_wait(wants_read_ ? Socket::wait_read : Socket::wait_write, std::move(callback));
  }

  auto executor() { return socket_.get_executor(); }
  std::string remote_address() const;

 private:
  void before();
  Error after(int result);

  Socket socket_;
  TlsConnection tls_;
  bool has_more_ = false;  // TLS has bytes that the socket does not show
  // What the last call needs to go on, where it is not what it did: TLS answers a key update, for instance.
  bool wants_write_ = false;
  bool wants_read_ = false;
  bool spoke_http_ = false;
  std::string failure_;
};

}  // namespace pas::http
