#pragma once
// How many requests a client may send: a token bucket for the rate and one for the day. In memory alone, for the
// clients that were seen last. Any thread.

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace pas::http {

class RateLimiter {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  struct Rules {
    unsigned per_second = 0;       // 0: no limit
    unsigned burst = 0;            // that many at once; at least per_second
    unsigned per_day = 0;          // 0: no limit; what was used comes back over a day
    std::size_t clients = 10'000;  // beyond, who was not seen for longest is forgotten
  };

  explicit RateLimiter(Rules rules);

  // Counts a request; nothing when it may go on, else the time (a second or more) until one may. A refused request is
  // not counted.
  std::optional<std::chrono::seconds> take(std::string_view client, TimePoint now);

  std::size_t clients() const;

 private:
  struct Bucket {
    double tokens;
    void fill(double rate, double size, double seconds);
    // Until there is a token.
    double wait(double rate) const;
  };
  struct Client {
    std::string name;
    Bucket second;
    Bucket day;
    TimePoint at;
  };
  Client& find(std::string_view name, TimePoint now);

  const Rules rules_;
  const double per_day_rate_;  // a second
  mutable std::mutex mutex_;
  std::list<Client> clients_;                                                  // the last seen first
  std::unordered_map<std::string_view, std::list<Client>::iterator> by_name_;  // views of Client::name
};

// The name that a client address counts under, where nothing better is known: itself, or its first 64 bits for IPv6, of
// which one host may have all the rest.
std::string client_of(std::string_view address);

}  // namespace pas::http
