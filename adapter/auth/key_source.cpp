#include "adapter/auth/key_source.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "adapter/auth/fetch.h"

namespace pas::auth {
namespace {

constexpr int kMostDoublings = 10;

base::Result<std::string> read_key_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(KeySet::kMostBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.empty()) return base::unavailable(path + " cannot be read, or is empty");
  return text;
}

}  // namespace

KeySource::KeySource(KeySet fixed) : keys_(std::make_shared<const KeySet>(std::move(fixed))) {}

KeySource::KeySource(Read read, const base::Clock& clock, KeyTimes times, Report report)
    : read_(std::move(read)), clock_(&clock), times_(times), report_(std::move(report)) {}

base::Result<std::shared_ptr<const KeySet>> KeySource::keys_for(std::string_view id) {
  const auto no_keys = base::unavailable("the keys cannot be had now");
  {
    const std::scoped_lock lock(mutex_);
    if (!read_) return keys_;
    const Instant now = clock_->now();
    if (keys_ && now - read_at_ > times_.most_age) keys_.reset();
    const bool is_known = keys_ && keys_->knows(id);
    if (is_known && now - read_at_ <= times_.age) return keys_;
    if (is_reading_) return is_known ? base::Result<std::shared_ptr<const KeySet>>(keys_) : no_keys;
    if (now < next_reading_) return keys_ ? base::Result<std::shared_ptr<const KeySet>>(keys_) : no_keys;
    is_reading_ = true;
  }
  (void)read_again();
  const std::scoped_lock lock(mutex_);
  if (!keys_) return no_keys;
  return keys_;
}

base::Result<void> KeySource::load() {
  {
    const std::scoped_lock lock(mutex_);
    is_reading_ = true;
  }
  return read_again();
}

base::Result<void> KeySource::read_again() {
  auto text = read_();
  const base::Result<KeySet> keys = text ? KeySet::parse(std::move(*text)) : base::Result<KeySet>(text.error());
  if (!keys && report_) report_(keys.error().message);
  const std::scoped_lock lock(mutex_);
  is_reading_ = false;
  const Instant now = clock_->now();
  if (!keys) {
    failures_ = std::min(failures_ + 1, kMostDoublings);
    next_reading_ = now + std::min(times_.pause * (1 << failures_), times_.most_pause);
    return keys.error();
  }
  failures_ = 0;
  read_at_ = now;
  next_reading_ = now + times_.pause;
  keys_ = std::make_shared<const KeySet>(*keys);
  return {};
}

bool is_url(std::string_view place) {
  return place.find("://") != std::string_view::npos;
}

base::Result<std::unique_ptr<KeySource>> open_keys(const std::string& place, const KeyPlaceOptions& options,
                                                   const base::Clock& clock) {
  if (is_url(place)) {
    if (const auto checked = check_key_url(place, options.allow_http); !checked) return checked.error();
    const auto read = [place, certificates = options.certificates] { return fetch(place, certificates); };
    KeySource::Report report;
    if (options.report) report = [place, to = options.report](const std::string& why) { to(place, why); };
    return std::make_unique<KeySource>(read, clock, options.times, std::move(report));
  }
  auto source = std::make_unique<KeySource>([place] { return read_key_file(place); }, clock, options.times);
  if (const auto loaded = source->load(); !loaded) return base::invalid(place + ": " + loaded.error().message);
  return source;
}

}  // namespace pas::auth
