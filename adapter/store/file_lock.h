#pragma once
// One process at a time on a file: flock(2), which the kernel lifts when the process ends, however it ends.

#include <string>

#include "fhir/base/result.h"

namespace pas::store {

class FileLock {
 public:
  // Creates the file (mode 0600) when it is absent. kConflict when another FileLock holds it, in any process.
  static base::Result<FileLock> take(const std::string& file);

  FileLock(FileLock&& other) noexcept;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  FileLock& operator=(FileLock&&) = delete;
  // Closing the descriptor also drops this process's POSIX locks on the file: close all SQLite connections first.
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace pas::store
