#include "tests/adapter/store/child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace pas::support {

Child::Child(const std::vector<std::string>& arguments) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  output_ = ends[0];
  std::string program = PAS_STORE_CHILD;
  std::vector<std::string> copies = arguments;
  std::vector<char*> argv = {program.data()};
  for (std::string& argument : copies) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  EXPECT_EQ(::posix_spawn(&id_, program.c_str(), &actions, nullptr, argv.data(), environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
}

Child::~Child() {
  if (id_ > 0) {
    kill();
    wait();
  }
  ::close(output_);
}

std::string Child::read() {
  std::array<char, 65536> bytes{};
  const ssize_t got = ::read(output_, bytes.data(), bytes.size());
  return {bytes.data(), static_cast<std::size_t>(got > 0 ? got : 0)};
}

void Child::kill() {
  ::kill(id_, SIGKILL);
}

int Child::wait() {
  int status = 0;
  EXPECT_EQ(::waitpid(id_, &status, 0), id_);
  id_ = -1;
  return status;
}

}  // namespace pas::support
