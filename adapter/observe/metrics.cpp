#include "adapter/observe/metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>

namespace pas::observe {
namespace {

void append_value(std::string& text, double value) {
  std::array<char, 32> digits{};
  text.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

std::string bucket_label(const std::string& labels, std::string_view bound) {
  std::string text = labels;
  append_label(text, "le", bound);
  return text;
}

void write_histogram(Exposition& out, const std::string& name, const std::string& labels, const Histogram& histogram) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i <= Histogram::kBounds.size(); ++i) {
    sum += histogram.count(i);
    std::string bound;
    if (i < Histogram::kBounds.size()) append_value(bound, Histogram::kBounds.at(i));
    if (bound.empty()) bound = "+Inf";
    out.sample(name + "_bucket", bucket_label(labels, bound), static_cast<double>(sum));
  }
  out.sample(name + "_sum", labels, histogram.sum());
  out.sample(name + "_count", labels, static_cast<double>(sum));
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// The second figure of /proc/self/statm, in pages.
double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double size = 0;
  double resident = 0;
  file >> size >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_descriptors() {
  std::error_code error;
  const std::filesystem::directory_iterator all("/proc/self/fd", error);
  return error ? 0 : static_cast<double>(std::distance(begin(all), end(all))) - 1;  // that of the folder itself
}

const double kStartedAt = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();

}  // namespace

void Histogram::record(double seconds) {
  const auto* const bound = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  buckets_.at(static_cast<std::size_t>(bound - kBounds.begin())).fetch_add(1, std::memory_order_relaxed);
  sum_us_.fetch_add(static_cast<std::uint64_t>(std::max(seconds, 0.0) * 1e6), std::memory_order_relaxed);
}

void append_label(std::string& text, std::string_view name, std::string_view value) {
  if (!text.empty()) text += ',';
  text.append(name).append("=\"");
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
    } else {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
  }
  text += '"';
}

void Exposition::head(std::string_view name, std::string_view type, std::string_view help) {
  text_.append("# HELP ").append(name).append(" ").append(help);
  text_.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
}

void Exposition::sample(std::string_view name, Labels labels, double value) {
  std::string text;
  for (const auto& [label, what] : labels) append_label(text, label, what);
  sample(name, std::string_view(text), value);
}

void Exposition::sample(std::string_view name, std::string_view labels, double value) {
  text_ += name;
  if (!labels.empty()) text_.append("{").append(labels).append("}");
  text_ += ' ';
  append_value(text_, value);
  text_ += '\n';
}

void Exposition::gauge(std::string_view name, std::string_view help, double value) {
  head(name, "gauge", help);
  sample(name, std::string_view(), value);
}

Counters& Registry::counters(std::string name, std::string help, std::vector<std::string> labels, std::size_t most) {
  return counters_.emplace_back(std::move(name), std::move(help), std::move(labels), most).family;
}

Histograms& Registry::histograms(std::string name, std::string help, std::vector<std::string> labels,
                                 std::size_t most) {
  return histograms_.emplace_back(std::move(name), std::move(help), std::move(labels), most).family;
}

std::string Registry::text() const {
  Exposition out;
  for (const auto& each : counters_) {
    out.head(each.name, "counter", each.help);
    each.family.each([&](const std::string& labels, const Counter& counter) {
      out.sample(each.name, labels, static_cast<double>(counter.value()));
    });
  }
  for (const auto& each : histograms_) {
    out.head(each.name, "histogram", each.help);
    each.family.each([&](const std::string& labels, const Histogram& histogram) {
      write_histogram(out, each.name, labels, histogram);
    });
  }
  for (const auto& writer : writers_) writer(out);
  return std::move(out).take();
}

void write_process_figures(Exposition& out) {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  out.head("process_cpu_seconds_total", "counter", "Processor time, user and system.");
  out.sample("process_cpu_seconds_total", std::string_view(), seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
  out.gauge("process_resident_memory_bytes", "Memory in RAM.", resident_bytes());
  out.gauge("process_open_fds", "Open descriptors.", open_descriptors());
  out.gauge("process_max_fds", "The most descriptors.", static_cast<double>(limit.rlim_cur));
  out.gauge("process_start_time_seconds", "When the process started, Unix time.", kStartedAt);
}

}  // namespace pas::observe
