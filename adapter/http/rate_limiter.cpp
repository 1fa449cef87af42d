#include "adapter/http/rate_limiter.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cmath>

namespace pas::http {
namespace {

constexpr double kSecondsOfDay = 86'400;

RateLimiter::Rules sound(RateLimiter::Rules rules) {
  rules.burst = std::max({rules.burst, rules.per_second, 1U});
  rules.clients = std::max<std::size_t>(rules.clients, 1);
  return rules;
}

}  // namespace

RateLimiter::RateLimiter(Rules rules) : rules_(sound(rules)), per_day_rate_(rules.per_day / kSecondsOfDay) {}

void RateLimiter::Bucket::fill(double rate, double size, double seconds) {
  tokens = std::min(size, tokens + rate * seconds);
}

double RateLimiter::Bucket::wait(double rate) const {
  return tokens >= 1 ? 0 : (1 - tokens) / rate;
}

RateLimiter::Client& RateLimiter::find(std::string_view name, TimePoint now) {
  const auto known = by_name_.find(name);
  if (known != by_name_.end()) {
    clients_.splice(clients_.begin(), clients_, known->second);
    return clients_.front();
  }
  if (clients_.size() >= rules_.clients) {
    by_name_.erase(clients_.back().name);
    clients_.pop_back();
  }
  clients_.push_front(
      {std::string(name), {static_cast<double>(rules_.burst)}, {static_cast<double>(rules_.per_day)}, now});
  by_name_.emplace(clients_.front().name, clients_.begin());
  return clients_.front();
}

std::optional<std::chrono::seconds> RateLimiter::take(std::string_view client, TimePoint now) {
  if (rules_.per_second == 0 && rules_.per_day == 0) return std::nullopt;
  const std::lock_guard lock(mutex_);
  Client& found = find(client, now);
  const double passed = std::max(0.0, std::chrono::duration<double>(now - found.at).count());
  found.at = std::max(found.at, now);
  double wait = 0;
  if (rules_.per_second > 0) {
    found.second.fill(rules_.per_second, rules_.burst, passed);
    wait = found.second.wait(rules_.per_second);
  }
  if (rules_.per_day > 0) {
    found.day.fill(per_day_rate_, rules_.per_day, passed);
    wait = std::max(wait, found.day.wait(per_day_rate_));
  }
  if (wait > 0) return std::chrono::seconds(static_cast<long>(std::ceil(wait)));
  found.second.tokens -= 1;
  found.day.tokens -= 1;
  return std::nullopt;
}

std::size_t RateLimiter::clients() const {
  const std::lock_guard lock(mutex_);
  return clients_.size();
}

std::string client_of(std::string_view address) {
  boost::system::error_code error;
  const auto parsed = boost::asio::ip::make_address(address, error);
  if (error || parsed.is_v4()) return std::string(address);
  const auto whole = parsed.to_v6();
  if (whole.is_v4_mapped()) return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, whole).to_string();
  auto bytes = whole.to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  return boost::asio::ip::address_v6(bytes).to_string() + "/64";
}

}  // namespace pas::http
