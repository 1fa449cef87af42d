#include "adapter/cli/progress.h"

#include <unistd.h>

#include <iostream>
#include <string>

namespace pas::cli {
namespace {

constexpr std::size_t kWorthABar = 20;
constexpr std::size_t kBarWidth = 40;
constexpr const char* kClearLine = "\r\x1b[K";

}  // namespace

ProgressBar::ProgressBar(std::size_t total)
    : total_(total), is_shown_(total >= kWorthABar && ::isatty(STDERR_FILENO) == 1) {}

void ProgressBar::clear() const {
  if (is_shown_) std::cerr << kClearLine << std::flush;
}

void ProgressBar::step() {
  ++done_;
  if (!is_shown_) return;
  const std::size_t filled = kBarWidth * done_ / total_;
  std::cerr << "\r[" << std::string(filled, '#') << std::string(kBarWidth - filled, ' ') << "] " << done_ << "/"
            << total_ << std::flush;
}

}  // namespace pas::cli
