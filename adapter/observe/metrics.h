#pragma once
// Figures of the running process for a monitor: counters and histograms by label, written in Prometheus' text format
// (version 0.0.4). Labels are routes, statuses, codes, rules and names of policies and payers: constants of the code
// and of what the operator installed, never a text that a request brought.
//
// Counting takes no lock: at() finds what was made before by reading alone, and locks only to make a series for the
// first time. A family never has more series than it was made for; what comes beyond is counted together, with each
// label "other". Any thread.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pas::observe {

class Counter {
 public:
  void add(std::uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

// How long things took.
class Histogram {
 public:
  // Upper bounds in seconds; the last bucket takes the rest.
  static constexpr std::array kBounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                         0.25,  0.5,    1.0,   2.5,  5.0,   10.0, 30.0};

  void record(double seconds);
  std::uint64_t count(std::size_t bucket) const { return buckets_[bucket].load(std::memory_order_relaxed); }
  double sum() const { return static_cast<double>(sum_us_.load(std::memory_order_relaxed)) / 1e6; }

 private:
  std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> buckets_{};
  std::atomic<std::uint64_t> sum_us_ = 0;
};

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// The text of a scrape.
class Exposition {
 public:
  // Before the samples of that name. `type`: "counter", "gauge" or "histogram".
  void head(std::string_view name, std::string_view type, std::string_view help);
  void sample(std::string_view name, Labels labels, double value);
  // `labels` as they are written, without the braces.
  void sample(std::string_view name, std::string_view labels, double value);
  // One that stands alone.
  void gauge(std::string_view name, std::string_view help, double value);

  std::string take() && { return std::move(text_); }

 private:
  std::string text_;
};

// name="value", with what the format wants escaped.
void append_label(std::string& text, std::string_view name, std::string_view value);

// One figure by its labels.
template <class Figure>
class Family {
 public:
  Family(std::vector<std::string> labels, std::size_t most) : labels_(std::move(labels)), most_(most) {}

  // One value for each label. The reference stays good.
  Figure& at(std::initializer_list<std::string_view> values) {
    std::atomic<Series*>& head = heads_[hash_of(values) % heads_.size()];
    if (Series* found = find(head, values)) return found->figure;
    const std::lock_guard lock(mutex_);
    if (Series* found = find(head, values)) return found->figure;
    if (series_.size() >= most_) return other();
    return add(head, {values.begin(), values.end()}).figure;
  }

  // Every series, in the order that they were made in: its labels as they are written, and the figure.
  void each(const std::function<void(const std::string&, const Figure&)>& visit) const {
    const std::lock_guard lock(mutex_);
    for (const Series& series : series_) visit(series.text, series.figure);
  }

 private:
  struct Series {
    std::vector<std::string> values;
    std::string text;
    Series* next = nullptr;
    Figure figure;
  };

  static std::size_t hash_of(std::initializer_list<std::string_view> values) {
    std::size_t hash = 0;
    for (const std::string_view value : values) hash = hash * 31 + std::hash<std::string_view>()(value);
    return hash;
  }
  static Series* find(const std::atomic<Series*>& head, std::initializer_list<std::string_view> values) {
    for (Series* series = head.load(std::memory_order_acquire); series != nullptr; series = series->next) {
      if (std::equal(values.begin(), values.end(), series->values.begin(), series->values.end())) return series;
    }
    return nullptr;
  }
  // With the mutex.
  Series& add(std::atomic<Series*>& head, std::vector<std::string> values) {
    Series& series = series_.emplace_back();
    for (std::size_t i = 0; i < labels_.size(); ++i) append_label(series.text, labels_[i], values[i]);
    series.values = std::move(values);
    series.next = head.load(std::memory_order_relaxed);
    head.store(&series, std::memory_order_release);
    return series;
  }
  Figure& other() {
    if (other_ == nullptr) other_ = &add(other_head_, std::vector<std::string>(labels_.size(), "other"));
    return other_->figure;
  }

  const std::vector<std::string> labels_;
  const std::size_t most_;
  std::array<std::atomic<Series*>, 64> heads_{};
  std::atomic<Series*> other_head_ = nullptr;
  mutable std::mutex mutex_;
  std::deque<Series> series_;
  Series* other_ = nullptr;
};

using Counters = Family<Counter>;
using Histograms = Family<Histogram>;

// Everything that a scrape tells. Families are made at start; they live as long as the registry.
class Registry {
 public:
  Counters& counters(std::string name, std::string help, std::vector<std::string> labels, std::size_t most);
  Histograms& histograms(std::string name, std::string help, std::vector<std::string> labels, std::size_t most);
  // Called at each scrape, for what is asked for rather than counted. Before the first scrape.
  void at_scrape(std::function<void(Exposition&)> writer) { writers_.push_back(std::move(writer)); }

  std::string text() const;

 private:
  template <class Figure>
  struct Named {
    std::string name, help;
    Family<Figure> family;
    Named(std::string family_name, std::string about, std::vector<std::string> labels, std::size_t most)
        : name(std::move(family_name)), help(std::move(about)), family(std::move(labels), most) {}
  };
  std::deque<Named<Counter>> counters_;
  std::deque<Named<Histogram>> histograms_;
  std::vector<std::function<void(Exposition&)>> writers_;
};

// CPU time, memory, descriptors and start of this process, by the names that Prometheus' own clients use.
void write_process_figures(Exposition& out);

}  // namespace pas::observe
