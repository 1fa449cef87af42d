#pragma once
// pas-adapter, or a program that starts it, as a process of its own. Its working directory is the repository; of the
// environment it gets all but PAS_ variables, and those that are given.

#include <sys/types.h>

#include <array>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace pas::support {

struct Call {
  std::vector<std::string> arguments;         // of pas-adapter
  std::vector<std::string> environment = {};  // "PAS_WORKERS=4"
  std::string input = {};                     // standard input
  std::vector<std::string> wrapper = {};      // a command line that ends by running what follows it
};

class Process {
 public:
  explicit Process(const Call& call);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  // Kills it if it still runs.
  ~Process();

  // Waits until standard output or standard error holds the text; false when both end first or after a minute.
  bool says(std::string_view text);
  std::string output();  // so far
  std::string errors();
  void signal(int number) const;
  // Its exit code, or minus the signal that ended it. All output is there then.
  int wait();
  pid_t id() const { return id_; }

 private:
  struct Stream {
    int descriptor = -1;
    std::string text;
    bool ended = false;
    std::thread reader;
  };
  void read(Stream& stream);

  pid_t id_ = -1;
  std::mutex mutex_;
  std::condition_variable more_;
  std::array<Stream, 2> streams_;
};

// `pas-adapter serve` on a free port of 127.0.0.1, with the samples' roster; it is ready when the constructor returns.
class RunningAdapter {
 public:
  explicit RunningAdapter(const std::vector<std::string>& arguments, const std::vector<std::string>& wrapper = {});

  // Zero when it did not start: its exit code is wait()'s.
  std::uint16_t port() const { return port_; }
  // Of the admin listener; zero without one.
  std::uint16_t admin_port();
  Process& process() { return process_; }
  // SIGTERM; the exit code.
  int stop();

 private:
  std::uint16_t port_after(std::string_view words);  // of the output

  Process process_;
  std::uint16_t port_ = 0;
};

}  // namespace pas::support
