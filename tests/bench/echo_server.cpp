// The floor under any HTTP server here: Beast alone, one thread, sends each body back. Prints its port.
//
//   echo_server [CERTIFICATE KEY]    over TLS with these, by Beast's own stream

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using Plain = beast::tcp_stream;
using Secure = beast::ssl_stream<beast::tcp_stream>;

template <class Stream>
class Session : public std::enable_shared_from_this<Session<Stream>> {
 public:
  template <class... Arguments>
  explicit Session(asio::ip::tcp::socket socket, Arguments&... arguments) : stream_(std::move(socket), arguments...) {
    buffer_.reserve(65536);
  }

  void shake_hands() {
    stream_.async_handshake(asio::ssl::stream_base::server, [self = this->shared_from_this()](beast::error_code error) {
      if (!error) self->read();
    });
  }

  void read() {
    parser_.emplace();
    parser_->body_limit(boost::none);
    http::async_read(stream_, buffer_, *parser_,
                     [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                       if (!error) self->write();
                     });
  }

 private:
  void write() {
    response_ = {http::status::ok, 11};
    response_.set(http::field::content_type, "application/fhir+json");
    response_.body() = std::move(parser_->get().body());
    response_.prepare_payload();
    http::async_write(stream_, response_, [self = this->shared_from_this()](beast::error_code error, std::size_t) {
      if (!error) self->read();
    });
  }

  Stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
};

// Plain without a context.
void accept(asio::ip::tcp::acceptor& acceptor, asio::ssl::context* tls) {
  acceptor.async_accept([&acceptor, tls](beast::error_code error, asio::ip::tcp::socket socket) {
    if (!error) {
      socket.set_option(asio::ip::tcp::no_delay(true));
      if (tls == nullptr) {
        std::make_shared<Session<Plain>>(std::move(socket))->read();
      } else {
        std::make_shared<Session<Secure>>(std::move(socket), *tls)->shake_hands();
      }
    }
    accept(acceptor, tls);
  });
}

void run(asio::ssl::context* tls) {
  asio::io_context context(1);
  asio::ip::tcp::acceptor acceptor(context, {asio::ip::make_address("127.0.0.1"), 0});
  std::printf("%u\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  accept(acceptor, tls);
  context.run();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc < 3) {
      run(nullptr);
    } else {
      asio::ssl::context tls(asio::ssl::context::tls_server);
      tls.use_certificate_chain_file(argv[1]);
      tls.use_private_key_file(argv[2], asio::ssl::context::pem);
      run(&tls);
    }
  } catch (const std::exception& error) {
    std::cerr << "echo_server: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
