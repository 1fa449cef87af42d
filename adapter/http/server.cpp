#include "adapter/http/server.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "adapter/http/core.h"
#include "adapter/http/session.h"

namespace pas::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                                         asio::io_context::executor_type>;

constexpr std::chrono::milliseconds kTick{100};
// Out of descriptors or memory: accepting again at once would only spin.
constexpr std::chrono::milliseconds kAcceptPause{100};
// Connections over the limit that are answered 503; those beyond are just closed.
constexpr std::size_t kTurnedAway = 64;

}  // namespace

struct Server::State {
  Core core;
  struct Thread {
    Loop loop;
    Timer timer{loop.context};
    std::thread thread;
  };
  std::vector<std::unique_ptr<Thread>> threads;
  std::unique_ptr<Acceptor> acceptor;
  std::unique_ptr<Timer> accept_pause;
  std::size_t next_thread = 0;
  std::mutex stop_mutex;
  bool running = false;

  State(Options options, Handler handler, ErrorBody error_body, observe::Log& log, const base::Clock& clock,
        base::IdSource& ids)
      : core(std::move(options), std::move(handler), std::move(error_body), log, clock, ids) {}

  base::Result<std::uint16_t> listen();
  void accept();
  void accepted(Socket socket, Thread& thread);
  void tick(Thread& thread);
  void serve(Thread& thread);
};

base::Result<std::uint16_t> Server::State::listen() {
  const Options& options = core.options;
  const auto failed = [&options](std::string_view what, const error_code& error) {
    return base::unavailable("cannot " + std::string(what) + " " + options.host + ":" + std::to_string(options.port) +
                             ": " + error.message());
  };
  error_code error;
  tcp::resolver resolver(threads.front()->loop.context);
  const auto found = resolver.resolve(options.host, std::to_string(options.port),
                                      tcp::resolver::passive | tcp::resolver::numeric_service, error);
  if (error || found.empty()) return failed("resolve", error);
  const tcp::endpoint endpoint = found.begin()->endpoint();

  acceptor = std::make_unique<Acceptor>(threads.front()->loop.context);
  acceptor->open(endpoint.protocol(), error);
  if (error) return failed("open a socket for", error);
  acceptor->set_option(asio::socket_base::reuse_address(true), error);
  if (!error && endpoint.address().is_v6()) acceptor->set_option(asio::ip::v6_only(false), error);
  if (!error) acceptor->bind(endpoint, error);
  if (error) return failed("bind", error);
  acceptor->listen(asio::socket_base::max_listen_connections, error);
  if (error) return failed("listen on", error);
  const tcp::endpoint bound = acceptor->local_endpoint(error);
  if (error) return failed("listen on", error);
  return bound.port();
}

void Server::State::accept() {
  Thread& thread = *threads[next_thread++ % threads.size()];
  acceptor->async_accept(thread.loop.context, [this, &thread](const error_code& error, Socket socket) {
    if (!acceptor->is_open()) return;
    if (!error) {
      accepted(std::move(socket), thread);
      return accept();
    }
    const bool exhausted = error == asio::error::no_descriptors || error == asio::error::no_buffer_space ||
                           error == asio::error::no_memory || error.value() == ENFILE;
    if (!exhausted) return accept();
    core.log.write(observe::Severity::kWarning, "http.accept_paused", {}, {{"what", error.message()}});
    accept_pause->expires_after(kAcceptPause);
    accept_pause->async_wait([this](const error_code& cancelled) {
      if (!cancelled && acceptor->is_open()) accept();
    });
  });
}

void Server::State::accepted(Socket socket, Thread& thread) {
  auto session = std::make_shared<Session>(core, thread.loop, std::move(socket));
  asio::post(thread.loop.context, [this, session = std::move(session)] {
    const std::size_t open = core.connections.value();
    const std::size_t limit = core.options.limits.connections;
    const bool admitted = open < limit && session->admit();
    if (admitted) return session->serve();
    if (open < limit + kTurnedAway) session->turn_away(open < limit);
  });
}

void Server::State::tick(Thread& thread) {
  thread.timer.expires_after(kTick);
  thread.timer.async_wait([this, &thread](const error_code& cancelled) {
    if (cancelled) return;
    tick(thread);
    const auto now = std::chrono::steady_clock::now();
    const std::vector<std::shared_ptr<Session>> sessions(thread.loop.sessions.begin(), thread.loop.sessions.end());
    for (const auto& session : sessions) session->check_deadline(now);
  });
}

void Server::State::serve(Thread& thread) {
  for (;;) {
    try {
      thread.loop.context.run();
      return;
    } catch (const std::exception& error) {
      // The session whose handler threw had only that handler to keep it going: its deadline ends it.
      core.log.write(observe::Severity::kError, "http.session_exception", {}, {{"what", error.what()}});
    }
  }
}

Server::Server(Options options, Handler handler, ErrorBody error_body, observe::Log& log, const base::Clock& clock,
               base::IdSource& ids)
    : state_(std::make_unique<State>(std::move(options), std::move(handler), std::move(error_body), log, clock, ids)) {}

Server::~Server() {
  stop(std::chrono::milliseconds(0));
}

base::Result<std::uint16_t> Server::start() {
  State& state = *state_;
  for (unsigned i = 0; i < std::max(state.core.options.io_threads, 1U); ++i) {
    state.threads.push_back(std::make_unique<State::Thread>());
  }
  auto port = state.listen();
  if (!port) return port;
  state.accept_pause = std::make_unique<Timer>(state.threads.front()->loop.context);
  state.accept();
  for (const auto& thread : state.threads) {
    state.tick(*thread);
    thread->thread = std::thread([&state, &each = *thread] { state.serve(each); });
  }
  state.running = true;
  return port;
}

bool Server::stop(std::chrono::milliseconds grace) {
  State& state = *state_;
  const std::lock_guard lock(state.stop_mutex);
  if (!std::exchange(state.running, false)) return true;
  state.core.draining = true;
  asio::post(state.threads.front()->loop.context, [&state] {
    error_code ignored;
    state.acceptor->close(ignored);
    state.accept_pause->cancel();
  });
  const auto each_session = [](Loop& loop, const auto& action) {
    const std::vector<std::shared_ptr<Session>> sessions(loop.sessions.begin(), loop.sessions.end());
    for (const auto& session : sessions) action(*session);
  };
  for (const auto& thread : state.threads) {
    asio::post(thread->loop.context, [&loop = thread->loop, &each_session] {
      each_session(loop, [](Session& session) { session.drain(); });
    });
  }
  state.core.connections.wait_for_none(grace);

  std::atomic<std::size_t> cut = 0;
  for (const auto& thread : state.threads) {
    asio::post(thread->loop.context, [&loop = thread->loop, &each_session, &cut] {
      each_session(loop, [&cut](Session& session) {
        if (!session.lingering()) ++cut;
        session.close();
      });
      loop.context.stop();
    });
  }
  for (const auto& thread : state.threads) thread->thread.join();
  state.core.workers.stop();
  return cut == 0;
}

Load Server::load() const {
  const Core& core = state_->core;
  return {core.connections.value(), core.workers.queued(), core.workers.running(), core.bodies.used()};
}

}  // namespace pas::http
