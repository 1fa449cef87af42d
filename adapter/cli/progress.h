#pragma once
// A progress bar on standard error, when that is a terminal and there is much to do. Standard output stays clean: clear
// it before printing there.

#include <cstddef>

namespace pas::cli {

class ProgressBar {
 public:
  explicit ProgressBar(std::size_t total);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar() { clear(); }

  void clear() const;
  // One more is done; draws it.
  void step();

 private:
  std::size_t total_;
  std::size_t done_ = 0;
  bool is_shown_;
};

}  // namespace pas::cli
