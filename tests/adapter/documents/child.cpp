// What a child process may try, one thing a run, named by the argument. It says "yes" where it succeeds.

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace {

int say(bool success) {
  std::cout << (success ? "yes" : "no");
  return 0;
}

int open_descriptors() {
  std::string open;
  for (int descriptor = 0; descriptor < 1000; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) >= 0) open += std::to_string(descriptor) + " ";
  }
  std::cout << open;
  return 0;
}

int try_one(const std::string& what, const std::string& argument) {
  if (what == "echo") {
    std::cout << std::string(std::istreambuf_iterator<char>(std::cin), {});
    return 0;
  }
  if (what == "arguments") {
    std::cout << argument;
    return 0;
  }
  if (what == "environment") {
    std::cout << (environ[0] == nullptr ? "none" : environ[0]);
    return 0;
  }
  if (what == "folder") {
    std::vector<char> path(4096);
    std::cout << ::getcwd(path.data(), path.size());
    return 0;
  }
  if (what == "descriptors") return open_descriptors();
  if (what == "code") return std::atoi(argument.c_str());
  if (what == "hang") {
    for (;;) ::pause();
  }
  if (what == "hang-silently") {
    ::close(STDOUT_FILENO);
    ::close(3);
    for (;;) ::pause();
  }
  if (what == "spin") {
    while (::getppid() != -1) {
    }
  }
  if (what == "flood") {
    for (const std::string line(65536, 'x');;) std::cout << line;
  }
  if (what == "crash") __builtin_trap();
  if (what == "memory") {
    std::vector<std::vector<char>> all;
    for (;;) all.emplace_back(std::size_t{16} << 20U, 'x');
  }
  if (what == "read-file") return say(::open("/etc/passwd", O_RDONLY) >= 0);
  if (what == "write-file") return say(::open(argument.c_str(), O_WRONLY | O_CREAT, 0600) >= 0);
  if (what == "append-file") return say(::open(argument.c_str(), O_WRONLY | O_APPEND) >= 0);
  if (what == "write-input") return say(::write(STDIN_FILENO, "x", 1) == 1);
  if (what == "remove-file") return say(::unlink(argument.c_str()) == 0);
  if (what == "make-folder") return say(::mkdir(argument.c_str(), 0700) == 0);
  if (what == "socket") return say(::socket(AF_INET, SOCK_STREAM, 0) >= 0);
  if (what == "unix-socket") return say(::socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
  if (what == "fork") return say(::fork() >= 0);
  if (what == "signal-parent") return say(::kill(::getppid(), 0) == 0);
  if (what == "trace-parent") return say(::ptrace(PTRACE_ATTACH, ::getppid(), nullptr, nullptr) == 0);
  return 99;
}

}  // namespace

int main(int count, char** arguments) {
  return try_one(count > 1 ? arguments[1] : "", count > 2 ? arguments[2] : "");
}
