#include "adapter/cli/figures.h"

#include <array>
#include <mutex>
#include <string>

namespace pas::cli {
namespace {

using observe::Exposition;

constexpr std::size_t kMostAnswers = 1000;  // routes by method and status
constexpr std::size_t kMostRoutes = 200;
constexpr std::size_t kMostPayers = 200;
constexpr std::size_t kMostTries = 1000;  // payers by outcome
constexpr std::size_t kMostDecisions = 500;
constexpr std::size_t kMostRules = 1000;
constexpr std::int64_t kBacklogMs = 10'000;  // for so long what was counted in the store is told again

struct AgeBucket {
  std::string_view name;
  std::int64_t below_hours;
};
constexpr std::array<AgeBucket, 6> kAges = {
    {{"below 1h", 1}, {"1h to 8h", 8}, {"8h to 24h", 24}, {"1d to 3d", 72}, {"3d to 7d", 168}, {"over 7d", 0}}};

void write_health(const store::Health& health, Exposition& out) {
  out.gauge("pas_store_writable", "1 unless the last write failed.", health.writable ? 1 : 0);
  out.gauge("pas_store_queue", "Writes that wait for the store.", static_cast<double>(health.queued));
  out.gauge("pas_store_queue_limit", "As many may wait; beyond, requests are answered 503.",
            static_cast<double>(health.queue_limit));
  out.gauge("pas_store_log_bytes", "Write-ahead log that is not in the database file yet.",
            static_cast<double>(health.log_bytes));
}

void write_backlog(const store::Backlog& backlog, std::int64_t now_ms, Exposition& out) {
  std::array<std::int64_t, kAges.size()> counts{};
  for (const auto& [hours, count] : backlog.pended_by_hours) {
    std::size_t i = 0;
    while (i + 1 < kAges.size() && hours >= kAges.at(i).below_hours) ++i;
    counts.at(i) += count;
  }
  out.head("pas_pended_cases", "gauge", "Cases that wait for a person or for information, by their age.");
  for (std::size_t i = 0; i < kAges.size(); ++i) {
    out.sample("pas_pended_cases", {{"age", kAges.at(i).name}}, static_cast<double>(counts.at(i)));
  }
  out.gauge("pas_pended_cases_late", "Of these, past their deadline.", static_cast<double>(backlog.late));
  out.gauge("pas_outbox_messages", "Messages that wait, those that are due later too.",
            static_cast<double>(backlog.waiting));
  out.gauge("pas_outbox_dead", "Messages that failed for good; POST /admin/outbox/{id}/replay.",
            static_cast<double>(backlog.failed));
  const std::int64_t waits_ms = backlog.longest_due_ms == 0 ? 0 : now_ms - backlog.longest_due_ms;
  out.gauge("pas_outbox_oldest_seconds", "For how long the message that is longest due has waited.",
            static_cast<double>(waits_ms) / 1000.0);
}

void write_load(const http::Load& load, Exposition& out) {
  out.gauge("pas_http_connections", "Open connections.", static_cast<double>(load.connections));
  out.gauge("pas_http_queue", "Requests that wait for a worker.", static_cast<double>(load.queued));
  out.gauge("pas_http_running", "Requests that a worker has.", static_cast<double>(load.running));
  out.gauge("pas_http_buffered_bytes", "Request bodies in memory.", static_cast<double>(load.buffered_bytes));
}

void write_circuits(const gateway::Backends& backends, Exposition& out) {
  out.head("pas_payer_circuit_open", "gauge", "1 from five failures in a row of the payer's server until a success.");
  for (const auto& [payer, backend] : backends.all()) {
    out.sample("pas_payer_circuit_open", {{"payer", payer}}, backend->is_spared() ? 1 : 0);
  }
}

// The store's counts, at most once in kBacklogMs: who scrapes often costs no more.
class BacklogSource {
 public:
  BacklogSource(const store::Store& store, const base::Clock& clock) : store_(store), clock_(clock) {}

  void write(Exposition& out) {
    const std::lock_guard lock(mutex_);
    const std::int64_t now_ms = base::to_ms(clock_.now());
    if (now_ms - asked_ms_ >= kBacklogMs) {
      const auto found = store_.backlog(now_ms);
      if (!found) return;  // pas_store_writable and the log tell why
      backlog_ = *found;
      asked_ms_ = now_ms;
    }
    write_backlog(backlog_, now_ms, out);
  }

 private:
  const store::Store& store_;
  const base::Clock& clock_;
  std::mutex mutex_;
  store::Backlog backlog_;
  std::int64_t asked_ms_ = 0;
};

}  // namespace

Figures::Figures()
    : answers_(registry_.counters("pas_http_requests_total", "Answered requests.",
                                  {"listener", "method", "route", "status"}, kMostAnswers)),
      times_(registry_.histograms("pas_http_request_seconds",
                                  "From the first byte of a request to the last of its answer.", {"listener", "route"},
                                  kMostRoutes)),
      tries_(registry_.counters("pas_payer_requests_total", "What was asked of payers' servers.", {"payer", "outcome"},
                                kMostTries)),
      try_times_(registry_.histograms("pas_payer_request_seconds",
                                      "How long a payer's server took, its token included.", {"payer"}, kMostPayers)),
      services_{registry_.counters("pas_decisions_total", "Decided items.", {"policy", "action", "by"}, kMostDecisions),
                registry_.counters("pas_validation_faults_total", "Faults of submitted bundles.", {"rule", "severity"},
                                   kMostRules)} {
  registry_.at_scrape([](Exposition& out) {
    out.head("pas_build_info", "gauge", "The version that runs.");
    out.sample("pas_build_info", {{"version", PAS_VERSION}}, 1);
    observe::write_process_figures(out);
  });
}

http::AnswerObserver Figures::count_answers(std::string_view listener) {
  return [this, listener](const http::Answer& answer) {
    const std::string_view route = answer.route.empty() ? "(refused)" : answer.route;
    answers_.at({listener, answer.method, route, std::to_string(answer.status)}).add();
    times_.at({listener, route}).record(answer.seconds);
  };
}

gateway::TryObserver Figures::count_tries(std::string payer) {
  return [this, payer = std::move(payer)](const gateway::Try& done) {
    tries_.at({payer, done.outcome}).add();
    if (done.seconds) try_times_.at({payer}).record(*done.seconds);
  };
}

void Figures::watch(const store::Store& store, const http::Server& server, const gateway::Backends& backends,
                    const observe::Log& log, const base::Clock& clock) {
  registry_.at_scrape([&, backlog = std::make_shared<BacklogSource>(store, clock)](Exposition& out) {
    write_load(server.load(), out);
    write_circuits(backends, out);
    write_health(store.health(), out);
    backlog->write(out);
    out.head("pas_log_dropped_total", "counter", "Log lines that standard error was too slow for.");
    out.sample("pas_log_dropped_total", std::string_view(), static_cast<double>(log.dropped()));
  });
}

}  // namespace pas::cli
