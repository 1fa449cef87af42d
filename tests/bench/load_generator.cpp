// Submits requests over kept-alive HTTP connections and prints one JSON object about it. Each request is one of the
// bodies in FOLDER in turn, its Claim's first identifier made unlike every other's. Without --rate each connection
// sends as soon as it has its answer (how much is possible); with it, requests are due at even times whoever is busy,
// and latency counts from when a request was due (how long a client waits).
//
//   load_generator --port 8080 --target /fhir/Claim/$submit --bodies FOLDER --connections 16 --seconds 10 [--rate 1000]
//                  [--server PID] [--tls]
//
// --tls takes any certificate; handshakes are over before what counts begins.
// Latencies are µs; cpu_us the server's processor time for each request, rss_mb its memory at the end.

#include <unistd.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Clock = std::chrono::steady_clock;

struct Wanted {
  std::uint16_t port = 8080;
  std::string target = "/fhir/Claim/$submit";
  std::string bodies;
  unsigned connections = 16;
  double seconds = 10;
  double warm_up_seconds = 1;
  double rate = 0;
  long server = 0;
  bool tls = false;
};

struct Body {
  std::string text;
  std::size_t number_at = 0;  // where kNumberDigits bytes of the Claim's identifier stand
};
constexpr std::size_t kNumberDigits = 10;

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Makes room for a number at the start of the value of the Claim's first identifier.
Body with_number(std::string text) {
  const std::size_t claim = text.find("\"Claim\"");
  const std::size_t identifier = text.find("\"identifier\"", claim == std::string::npos ? 0 : claim);
  std::size_t at = text.find("\"value\"", identifier == std::string::npos ? 0 : identifier);
  if (at == std::string::npos) throw std::runtime_error("a body without Claim.identifier");
  at = text.find('"', at + 7) + 1;
  text.insert(at, kNumberDigits, '0');
  return {std::move(text), at};
}

std::vector<Body> load(const std::string& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<Body> bodies;
  for (const auto& path : paths) bodies.push_back(with_number(read(path)));
  if (bodies.empty()) throw std::runtime_error("no bodies in " + folder);
  return bodies;
}

double cpu_seconds(long process) {
  std::string stat = read("/proc/" + std::to_string(process) + "/stat");
  std::istringstream fields(stat.substr(stat.rfind(')') + 1));
  std::string skipped;
  double user = 0;
  double system = 0;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double resident_mb(long process) {
  std::istringstream fields(read("/proc/" + std::to_string(process) + "/statm"));
  double size = 0;
  double resident = 0;
  fields >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

// What the connections share.
struct Run {
  const Wanted& wanted;
  std::vector<Body> bodies;
  Clock::time_point begin{};  // of what counts
  Clock::time_point end{};
  Clock::time_point first_due{};
  std::uint64_t next = 0;
  std::uint64_t stamp = static_cast<std::uint64_t>(getpid()) * 1'000'003U;  // unlike those of an earlier run
  std::uint64_t failed = 0;
  std::uint64_t bytes_sent = 0;
  std::vector<std::uint32_t> latencies = {};

  Clock::time_point due(std::uint64_t number) const {
    return first_due + std::chrono::duration_cast<Clock::duration>(
                           std::chrono::duration<double>(static_cast<double>(number) / wanted.rate));
  }
};

// Stream is beast::tcp_stream, or that with TLS upon it.
template <class Stream>
class Connection : public std::enable_shared_from_this<Connection<Stream>> {
 public:
  template <class... Arguments>
  Connection(asio::io_context& context, Run& run, Arguments&... arguments)
      : run_(run), stream_(context, arguments...), timer_(context) {
    buffer_.reserve(65536);
  }

  void start() {
    auto& tcp = beast::get_lowest_layer(stream_);
    tcp.connect({asio::ip::make_address("127.0.0.1"), run_.wanted.port});
    tcp.socket().set_option(asio::ip::tcp::no_delay(true));
    if constexpr (!std::is_same_v<Stream, beast::tcp_stream>) stream_.handshake(asio::ssl::stream_base::client);
    next();
  }

 private:
  void next() {
    const std::uint64_t number = run_.next++;
    since_ = run_.wanted.rate > 0 ? run_.due(number) : Clock::now();
    if (since_ >= run_.end) return;
    number_ = number;
    if (since_ <= Clock::now()) return send();
    timer_.expires_at(since_);
    timer_.async_wait([self = this->shared_from_this()](boost::system::error_code) { self->send(); });
  }

  void send() {
    const Body& body = run_.bodies[number_ % run_.bodies.size()];
    request_ = {http::verb::post, run_.wanted.target, 11};
    request_.set(http::field::host, "127.0.0.1");
    request_.set(http::field::content_type, "application/fhir+json");
    request_.body() = body.text;
    char digits[kNumberDigits + 1];
    std::snprintf(digits, sizeof digits, "%010llu",
                  static_cast<unsigned long long>((run_.stamp + number_) % 10'000'000'000ULL));
    request_.body().replace(body.number_at, kNumberDigits, digits, kNumberDigits);
    request_.prepare_payload();
    if (run_.wanted.rate <= 0) since_ = Clock::now();
    http::async_write(stream_, request_, [self = this->shared_from_this()](beast::error_code error, std::size_t bytes) {
      if (error) return self->lost();
      self->run_.bytes_sent += bytes;
      self->receive();
    });
  }

  void receive() {
    response_.emplace();
    response_->body_limit(boost::none);
    http::async_read(stream_, buffer_, *response_,
                     [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                       if (error) return self->lost();
                       self->done();
                     });
  }

  void done() {
    const auto now = Clock::now();
    if (response_->get().result() != http::status::ok) ++run_.failed;
    if (now >= run_.begin && now < run_.end) {
      run_.latencies.push_back(
          static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(now - since_).count()));
    }
    next();
  }

  void lost() { ++run_.failed; }

  Run& run_;
  Stream stream_;
  asio::steady_timer timer_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  std::optional<http::response_parser<http::string_body>> response_;
  std::uint64_t number_ = 0;
  Clock::time_point since_;
};

void report(Run& run, double cpu, const Wanted& wanted) {
  std::sort(run.latencies.begin(), run.latencies.end());
  const std::size_t count = run.latencies.size();
  const auto at = [&](double part) {
    return count == 0 ? 0U
                      : run.latencies[std::min(count - 1, static_cast<std::size_t>(part * static_cast<double>(count)))];
  };
  std::printf(
      "{\"connections\": %u, \"rate\": %.0f, \"requests\": %zu, \"failed\": %llu, \"per_second\": %.1f, \"p50_us\": "
      "%u, "
      "\"p99_us\": %u, \"p999_us\": %u, \"max_us\": %u, \"cpu_us\": %.1f, \"rss_mb\": %.1f}\n",
      wanted.connections, wanted.rate, count, static_cast<unsigned long long>(run.failed),
      static_cast<double>(count) / wanted.seconds, at(0.5), at(0.99), at(0.999), count == 0 ? 0U : run.latencies.back(),
      count == 0 ? 0 : cpu * 1e6 / static_cast<double>(count), wanted.server == 0 ? 0 : resident_mb(wanted.server));
}

void drive(const Wanted& wanted) {
  asio::io_context context(1);
  Run run{wanted, load(wanted.bodies)};
  run.latencies.reserve(1 << 20);
  const auto seconds = [](double value) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(value));
  };
  run.first_due = Clock::now();
  run.begin = run.first_due + seconds(wanted.warm_up_seconds);
  run.end = run.begin + seconds(wanted.seconds);
  asio::ssl::context tls(asio::ssl::context::tls_client);
  for (unsigned i = 0; i < wanted.connections; ++i) {
    if (wanted.tls) {
      std::make_shared<Connection<beast::ssl_stream<beast::tcp_stream>>>(context, run, tls)->start();
    } else {
      std::make_shared<Connection<beast::tcp_stream>>(context, run)->start();
    }
  }
  double cpu = 0;
  if (wanted.server != 0) {
    context.run_until(run.begin);
    const double before = cpu_seconds(wanted.server);
    context.run_until(run.end);
    cpu = cpu_seconds(wanted.server) - before;
  }
  context.run();
  report(run, cpu, wanted);
}

}  // namespace

int main(int argc, char** argv) {
  Wanted wanted;
  CLI::App app{"Submits requests over HTTP and prints latencies as JSON"};
  app.add_option("--port", wanted.port);
  app.add_option("--target", wanted.target);
  app.add_option("--bodies", wanted.bodies)->required();
  app.add_option("--connections", wanted.connections);
  app.add_option("--seconds", wanted.seconds);
  app.add_option("--warm-up", wanted.warm_up_seconds);
  app.add_option("--rate", wanted.rate);
  app.add_option("--server", wanted.server);
  app.add_flag("--tls", wanted.tls);
  CLI11_PARSE(app, argc, argv);
  try {
    drive(wanted);
  } catch (const std::exception& error) {
    std::cerr << "load_generator: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
