#pragma once
// Connections that threads borrow in turn, and what is done when the server goes away: a call is tried again until the
// server has been missing for `retry_window`; after that calls fail at once, until it is there again.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapter/store/postgres.h"
#include "adapter/store/postgres_connection.h"

namespace pas::store {

class PostgresPool {
 public:
  using Access = PostgresConnection::Access;

  explicit PostgresPool(PostgresOptions options) : options_(std::move(options)) {}

  // `work` is a function of a PostgresConnection that gives a Result and may run several times, each time on another
  // connection or after a rollback: for what does no harm when it is done twice.
  template <class Work>
  auto read(const Work& work) {
    return run(Access::kAny, work, [](PostgresConnection&) { return Unknown<Work>(); });
  }
  template <class Work>
  auto write(const Work& work) {
    return run(Access::kWrite, work, [](PostgresConnection&) { return Unknown<Work>(); });
  }
  // For what may be done only once. After a try whose end is not known, `find_out` gives its outcome, or nothing when
  // it was not done.
  template <class Work, class FindOut>
  auto write_once(const Work& work, const FindOut& find_out) {
    return run(Access::kWrite, work, find_out);
  }
  // The same, where nothing could find it out: kUnavailable.
  template <class Work>
  auto write_at_most_once(const Work& work) {
    return run(Access::kWrite, work, [](PostgresConnection&) {
      return Unknown<Work>(base::unavailable("PostgreSQL: the connection was lost during a change"));
    });
  }

  Health health() const;

 private:
  using Connection = std::unique_ptr<PostgresConnection>;
  template <class Work>
  using Outcome = decltype(std::declval<const Work&>()(std::declval<PostgresConnection&>()));
  template <class Work>
  using Unknown = std::optional<Outcome<Work>>;

  template <class Work, class FindOut>
  Outcome<Work> run(Access access, const Work& work, const FindOut& find_out);

  Result<Connection> take(Access access);
  Result<Connection> connect(Access access);
  void give_back(Connection connection);
  // Waits a little, but not when the server has been missing for too long.
  bool wait_for_server(int tries);
  void note(const std::optional<base::Error>& error);  // how a write ended

  const PostgresOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<Connection> idle_;
  std::size_t open_ = 0;     // connections lent, idle and being opened
  std::size_t waiting_ = 0;  // threads
  std::optional<std::chrono::steady_clock::time_point> missing_since_;
  std::string failure_;
};

// So many deadlocks in a row are no chance.
inline constexpr int kMostTries = 20;

template <class Work, class FindOut>
PostgresPool::Outcome<Work> PostgresPool::run(Access access, const Work& work, const FindOut& find_out) {
  using Failure = PostgresConnection::Failure;
  bool is_unsure = false;
  for (int tries = 1;; ++tries) {
    auto connection = take(access);
    if (!connection) {
      if (wait_for_server(tries)) continue;
      if (access == Access::kWrite) note(connection.error());
      return connection.error();
    }
    (*connection)->forget_failure();
    Unknown<Work> known;
    if (is_unsure) known = find_out(**connection);
    Outcome<Work> outcome = known ? *std::move(known) : work(**connection);
    const Failure failure = (*connection)->last_failure();
    give_back(std::move(*connection));
    if (outcome && access == Access::kWrite) note({});
    if (outcome) return outcome;
    is_unsure = is_unsure || failure == Failure::kLost;
    if (failure == Failure::kRolledBack && tries < kMostTries) continue;
    if (failure == Failure::kLost && wait_for_server(tries)) continue;
    if (access == Access::kWrite) note(outcome.error());
    return outcome;
  }
}

}  // namespace pas::store
