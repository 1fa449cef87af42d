#include "adapter/audit/trail.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include "adapter/audit/chain.h"
#include "fhir/base/digest.h"

namespace pas::audit {
namespace {

constexpr std::size_t kMostLineBytes = std::size_t{1} << 20U;

base::Error failure_of(const std::string& what, const std::string& file, int error) {
  return base::unavailable("cannot " + what + " " + file + ": " + std::generic_category().message(error));
}

std::filesystem::path folder_of(const std::string& file) {
  const std::filesystem::path folder = std::filesystem::path(file).parent_path();
  return folder.empty() ? std::filesystem::path(".") : folder;
}

// A name is on the disk only once its folder is.
void sync_folder_of(const std::string& file) {
  const int descriptor = ::open(folder_of(file).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  (void)::fsync(descriptor);
  ::close(descriptor);
}

// Of the highest FILE.NNNNNN; 0: none.
int newest_rotation(const std::string& file) {
  const std::string stem = std::filesystem::path(file).filename().string() + ".";
  int newest = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder_of(file), error)) {
    const std::string name = entry.path().filename().string();
    int number = 0;
    char more = 0;
    if (name.starts_with(stem) && std::sscanf(name.c_str() + stem.size(), "%6d%c", &number, &more) == 1) {
      newest = std::max(newest, number);
    }
  }
  return newest;
}

std::string rotation_name(const std::string& file, int number) {
  std::array<char, 16> digits{};
  std::snprintf(digits.data(), digits.size(), ".%06d", number);
  return file + digits.data();
}

// The end of a file: its last whole line, and how many bytes of another stand behind.
struct Tail {
  std::string line;
  std::uint64_t half_bytes = 0;
};

std::optional<Tail> tail_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in) return std::nullopt;
  const auto size = static_cast<std::uint64_t>(in.tellg());
  const std::uint64_t begin = size - std::min<std::uint64_t>(size, 2 * kMostLineBytes);
  std::string text(size - begin, '\0');
  in.seekg(static_cast<std::streamoff>(begin));
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in) return std::nullopt;
  const auto end = text.rfind('\n');
  if (end == std::string::npos) return Tail{"", text.size()};
  const auto before = end == 0 ? std::string::npos : text.rfind('\n', end - 1);
  const std::size_t start = before == std::string::npos ? 0 : before + 1;
  return Tail{text.substr(start, end - start), text.size() - end - 1};
}

}  // namespace

base::Result<std::unique_ptr<Trail>> Trail::open(const Options& options, const base::Clock& clock, observe::Log& log) {
  std::unique_ptr<Trail> trail(new Trail(options, clock, log));
  {
    const std::lock_guard lock(trail->mutex_);
    if (auto opened = trail->open_file(); !opened) return opened.error();
    const auto cut_bytes = trail->repair();
    if (!cut_bytes) return cut_bytes.error();
    Event started{.kind = &kStarted};
    if (*cut_bytes > 0) {
      started.description = "The file ended within a line: " + std::to_string(*cut_bytes) + " bytes were cut off.";
      log.write(observe::Severity::kWarning, "audit.repaired", {}, {{"cut_bytes", *cut_bytes}});
    }
    if (auto written = trail->append(started); !written) return written.error();
    trail->tell_anchor();
  }
  trail->syncer_ = std::thread([&made = *trail] { made.keep_synced(); });
  return trail;
}

Trail::~Trail() {
  if (syncer_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      if (!has_failed_) (void)append({.kind = &kStopped});
      tell_anchor();
      is_ending_ = true;
    }
    wake_.notify_all();
    syncer_.join();
  }
  if (descriptor_ >= 0) ::close(descriptor_);
}

base::Result<void> Trail::open_file() {
  descriptor_ = ::open(options_.file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor_ < 0) return failure_of("open", options_.file, errno);
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    return base::Error{base::ErrorCode::kConflict, options_.file + " is in use by another running adapter"};
  }
  struct stat facts {};
  if (::fstat(descriptor_, &facts) != 0) return failure_of("read", options_.file, errno);
  size_ = static_cast<std::uint64_t>(facts.st_size);
  sync_folder_of(options_.file);
  return {};
}

base::Result<std::uint64_t> Trail::repair() {
  last_ = kNoLine;
  auto tail = tail_of(options_.file);
  if (!tail) return base::unavailable("cannot read " + options_.file);
  const std::uint64_t cut_bytes = tail->half_bytes;
  size_ -= cut_bytes;
  if (cut_bytes > 0 && ::ftruncate(descriptor_, static_cast<off_t>(size_)) != 0) {
    return failure_of("repair", options_.file, errno);
  }
  if (const int newest = newest_rotation(options_.file); size_ == 0 && newest > 0) {
    tail = tail_of(rotation_name(options_.file, newest));
    if (!tail) return base::unavailable("cannot read " + rotation_name(options_.file, newest));
  }
  if (tail->line.empty()) return cut_bytes;
  if (!previous_of(tail->line)) return base::invalid(options_.file + " is no audit file");
  last_ = base::sha256_hex(tail->line);
  return cut_bytes;
}

base::Result<void> Trail::append(const Event& event) {
  std::string line = to_json(event, clock_.now(), last_);
  std::string hash = base::sha256_hex(line);
  line += '\n';
  if (line.size() > kMostLineBytes) return base::invalid("an event is too long");
  if (size_ > 0 && size_ + line.size() > options_.rotate_bytes) {
    if (auto rotated = rotate(); !rotated) return rotated;
  }
  const ssize_t written = ::write(descriptor_, line.data(), line.size());
  if (written != static_cast<ssize_t>(line.size())) {
    const int error = written < 0 ? errno : ENOSPC;
    // Half a line would break the chain for every later one.
    if (written > 0 && ::ftruncate(descriptor_, static_cast<off_t>(size_)) != 0)
      size_ += static_cast<std::uint64_t>(written);
    return failure_of("write", options_.file, error);
  }
  size_ += line.size();
  last_ = std::move(hash);
  is_dirty_ = true;
  return {};
}

// The new file begins with the hash of the old one's last line, by append().
base::Result<void> Trail::rotate() {
  if (::fdatasync(descriptor_) != 0) return failure_of("sync", options_.file, errno);
  const std::string name = rotation_name(options_.file, newest_rotation(options_.file) + 1);
  if (std::rename(options_.file.c_str(), name.c_str()) != 0) return failure_of("rename", options_.file, errno);
  tell_anchor();
  ::close(std::exchange(descriptor_, -1));
  return open_file();
}

void Trail::fail(const base::Error& error) {
  ++lost_;
  if (std::exchange(has_failed_, true)) return;
  log_.write(observe::Severity::kError, "audit.not_writable", {}, {{"what", error.message}});
}

bool Trail::recover() {
  if (!has_failed_) return true;
  if (descriptor_ < 0) {
    if (auto opened = open_file(); !opened) return false;
  }
  Event gap{.kind = &kGap, .status = 500};
  gap.description = "The audit file could not be written: " + std::to_string(lost_) +
                    " requests were handled or refused, and answered 503, without a record.";
  if (!append(gap)) return false;
  has_failed_ = false;
  log_.write(observe::Severity::kWarning, "audit.writable_again", {}, {{"lost", std::exchange(lost_, 0)}});
  return true;
}

bool Trail::is_ready() {
  const std::scoped_lock lock(mutex_);
  if (recover()) return true;
  ++lost_;
  return false;
}

bool Trail::write(const Event& event) {
  const std::scoped_lock lock(mutex_);
  if (has_failed_) {
    ++lost_;
    return false;
  }
  const auto written = append(event);
  if (!written) fail(written.error());
  return written.has_value();
}

void Trail::tell_anchor() {
  anchored_at_ = std::chrono::steady_clock::now();
  if (anchored_ == last_) return;
  anchored_ = last_;
  log_.write(observe::Severity::kInfo, "audit.anchor", {}, {{"hash", last_}});
}

// On a descriptor of its own, so that nobody who writes waits for the disk.
void Trail::sync_now() {
  int descriptor = -1;
  {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(is_dirty_, false) || descriptor_ < 0) return;
    descriptor = ::fcntl(descriptor_, F_DUPFD_CLOEXEC, 0);
    if (std::chrono::steady_clock::now() - anchored_at_ >= options_.anchor) tell_anchor();
  }
  const bool is_synced = descriptor >= 0 && ::fdatasync(descriptor) == 0;
  const int error = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (is_synced) return;
  const std::lock_guard lock(mutex_);
  fail(failure_of("sync", options_.file, error));
}

void Trail::keep_synced() {
  std::unique_lock lock(mutex_);
  while (!is_ending_) {
    wake_.wait_for(lock, options_.sync, [this] { return is_ending_; });
    lock.unlock();
    sync_now();
    lock.lock();
  }
}

}  // namespace pas::audit
