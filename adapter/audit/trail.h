#pragma once
// The audit file: append-only, one AuditEvent a line (NDJSON), chained (chain.h), one process at a time.
//
// A line is with the kernel when write() returns, before the answer that it tells of leaves: killing the process loses
// none. It is on the disk within Options::sync; only a power cut may take the lines of that time. A line that cannot be
// written makes write() false, and the caller must not answer; from then on is_ready() tries to write again, and what
// could not be recorded is told by an event of its own (kGap). A file that is full is renamed to FILE.000001 and so on,
// the chain going on in the new one. Any thread.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "adapter/audit/event.h"
#include "adapter/observe/log.h"
#include "fhir/base/clock.h"
#include "fhir/base/result.h"

namespace pas::audit {

class Trail {
 public:
  struct Options {
    std::string file;
    std::uint64_t rotate_bytes = std::uint64_t{100} << 20U;
    std::chrono::milliseconds sync{1000};
    std::chrono::minutes anchor{10};  // between anchors in the log, when anything was written
  };

  // Goes on with the chain of the file, or of the newest that was rotated. Half a line at the end, of a crash, is cut
  // off and told of. kConflict: another process has it. `clock` and `log` outlive it.
  static base::Result<std::unique_ptr<Trail>> open(const Options& options, const base::Clock& clock, observe::Log& log);
  Trail(const Trail&) = delete;
  Trail& operator=(const Trail&) = delete;
  // Everything is on the disk afterwards.
  ~Trail();

  // Whether an event could be written now; ask before anything is done that must be recorded.
  bool is_ready();
  bool write(const Event& event);

 private:
  Trail(const Options& options, const base::Clock& clock, observe::Log& log)
      : options_(options), clock_(clock), log_(log) {}
  // These want the mutex held.
  base::Result<void> open_file();
  base::Result<std::uint64_t> repair();  // bytes of half a line that were cut off
  base::Result<void> append(const Event& event);
  base::Result<void> rotate();
  bool recover();
  void fail(const base::Error& error);
  void tell_anchor();

  void sync_now();
  void keep_synced();

  const Options options_;
  const base::Clock& clock_;
  observe::Log& log_;

  std::mutex mutex_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  std::string last_;  // hash of the last line
  bool has_failed_ = false;
  std::uint64_t lost_ = 0;  // events that were not written since it failed

  std::condition_variable wake_;
  bool is_dirty_ = false;
  bool is_ending_ = false;
  std::string anchored_;  // the hash that the log has
  std::chrono::steady_clock::time_point anchored_at_;
  std::thread syncer_;
};

}  // namespace pas::audit
