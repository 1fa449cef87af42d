#include "adapter/documents/confined_child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>

namespace pas::documents {
namespace {

constexpr int kFirstSpare = 10;     // our own descriptors stand from here on, clear of the child's
constexpr int kLifeDescriptor = 3;  // the child's end of the pipe that closes when it ends

class Descriptor {
 public:
  explicit Descriptor(int value = -1) : value_(value) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  int get() const { return value_; }
  bool is_open() const { return value_ >= 0; }
  void close() {
    if (value_ >= 0) ::close(value_);
    value_ = -1;
  }

 private:
  int value_;
};

// The same file at kFirstSpare or above, closed at exec.
Descriptor moved_up(int descriptor) {
  const Descriptor original(descriptor);
  return Descriptor(descriptor < 0 ? -1 : ::fcntl(descriptor, F_DUPFD_CLOEXEC, kFirstSpare));
}

struct Pipe {
  Descriptor read_end;
  Descriptor write_end;
};

bool open_pipe(Pipe& pipe) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  pipe.read_end = moved_up(ends[0]);
  pipe.write_end = moved_up(ends[1]);
  return pipe.read_end.is_open() && pipe.write_end.is_open();
}

// A file in memory that holds the bytes, at its start.
Descriptor file_of(std::string_view bytes) {
  Descriptor file = moved_up(::memfd_create("document", MFD_CLOEXEC));
  while (file.is_open() && !bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return Descriptor();
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (file.is_open() && ::lseek(file.get(), 0, SEEK_SET) != 0) return Descriptor();
  return file;
}

// Opened again for reading only: the child cannot change what it was given.
Descriptor read_only(const Descriptor& file) {
  const std::string path = "/proc/self/fd/" + std::to_string(file.get());
  return moved_up(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

struct Child {
  const char* program;
  char* const* arguments;
  int input;
  int output;
  int life;
  int nothing;  // /dev/null
  const Confinement* confinement;
};

// In the child of a process with many threads: only calls that are safe in a signal handler.
[[noreturn]] void become(const Child& child) {
  constexpr char kFailed = 'x';
  for (int number = 1; number < NSIG; ++number) std::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const bool placed = ::dup2(child.input, STDIN_FILENO) >= 0 && ::dup2(child.output, STDOUT_FILENO) >= 0 &&
                      ::dup2(child.nothing, STDERR_FILENO) >= 0 && ::dup2(child.life, kLifeDescriptor) >= 0 &&
                      ::close_range(kLifeDescriptor + 1, UINT_MAX, 0) == 0 && ::setsid() >= 0 && ::chdir("/") == 0;
  if (placed && confine_this_process(*child.confinement)) {
    char* const no_environment[] = {nullptr};
    ::execve(child.program, child.arguments, no_environment);
  }
  static_cast<void>(!::write(kLifeDescriptor, &kFailed, 1));
  ::_exit(127);
}

enum class End { kClosed, kTimeout, kTooLarge };

struct Watch {
  End end = End::kClosed;
  bool started = true;
};

// Reads until the child has closed both of its descriptors, or a limit is passed.
Watch read_output(int output, int life, std::string& text, const ChildLimits& limits) {
  const auto deadline = std::chrono::steady_clock::now() + limits.wall;
  Watch watch;
  std::array<pollfd, 2> polled{pollfd{output, POLLIN, 0}, pollfd{life, POLLIN, 0}};
  std::array<char, 65536> buffer{};
  while (polled[0].fd >= 0 || polled[1].fd >= 0) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      watch.end = End::kTimeout;
      return watch;
    }
    if (::poll(polled.data(), polled.size(), static_cast<int>(left.count())) < 0 && errno != EINTR) {
      watch.end = End::kTimeout;
      return watch;
    }
    for (pollfd& each : polled) {
      if (each.fd < 0 || each.revents == 0) continue;
      const ssize_t size = ::read(each.fd, buffer.data(), buffer.size());
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0) {
        each.fd = -1;
      } else if (each.fd == life) {
        watch.started = false;
      } else if (text.size() + static_cast<std::size_t>(size) > limits.output_bytes) {
        watch.end = End::kTooLarge;
        return watch;
      } else {
        text.append(buffer.data(), static_cast<std::size_t>(size));
      }
    }
  }
  return watch;
}

// Kills what is left and gives the status of the end: a child that has ended by itself keeps its own.
int end_of(pid_t child) {
  int status = 0;
  ::kill(child, SIGKILL);
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

base::Result<std::string> run_confined(const std::string& name, const std::string& program,
                                       const std::vector<std::string>& arguments, std::string_view input,
                                       const ChildLimits& limits) {
  const auto unavailable = [&name] { return base::unavailable(name + " cannot be started"); };
  const Descriptor written = file_of(input);
  Pipe output;
  Pipe life;
  const Descriptor file = written.is_open() ? read_only(written) : Descriptor();
  const Descriptor nothing = moved_up(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  if (!file.is_open() || !nothing.is_open() || !open_pipe(output) || !open_pipe(life)) return unavailable();

  std::vector<char*> words{const_cast<char*>(name.c_str())};
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  const Child child{program.c_str(),      words.data(),  file.get(),         output.write_end.get(),
                    life.write_end.get(), nothing.get(), &limits.confinement};
  const pid_t process = ::fork();
  if (process < 0) return unavailable();
  if (process == 0) become(child);
  output.write_end.close();
  life.write_end.close();

  std::string text;
  const Watch watch = read_output(output.read_end.get(), life.read_end.get(), text, limits);
  const int status = end_of(process);
  if (!watch.started) return unavailable();
  if (watch.end == End::kTimeout) {
    return base::Error{base::ErrorCode::kTimeout,
                       name + " took more than " + std::to_string(limits.wall.count()) + " ms"};
  }
  if (watch.end == End::kTooLarge) {
    return base::Error{base::ErrorCode::kTooLarge,
                       name + " wrote more than " + std::to_string(limits.output_bytes) + " bytes"};
  }
  if (WIFSIGNALED(status)) return base::invalid(name + " ended by signal " + std::to_string(WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0) {
    return base::invalid(name + " ended with code " + std::to_string(WEXITSTATUS(status)));
  }
  return text;
}

}  // namespace pas::documents
