#include "tests/adapter/cli/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "tests/support/files.h"

namespace pas::support {
namespace {

constexpr std::chrono::seconds kPatience{60};  // under a sanitizer on a busy machine

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

std::vector<std::string> environment_with(const std::vector<std::string>& given) {
  std::vector<std::string> all = given;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with("PAS_")) all.emplace_back(*variable);
  }
  return all;
}

}  // namespace

Process::Process(const Call& call) {
  std::vector<std::string> words = call.wrapper;
  words.emplace_back(PAS_ADAPTER);
  words.insert(words.end(), call.arguments.begin(), call.arguments.end());
  std::vector<std::string> environment = environment_with(call.environment);

  std::FILE* input = std::tmpfile();
  EXPECT_EQ(std::fwrite(call.input.data(), 1, call.input.size(), input), call.input.size());
  std::rewind(input);
  std::array<std::array<int, 2>, 2> pipes{};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, PAS_SOURCE_DIR);
  posix_spawn_file_actions_adddup2(&actions, ::fileno(input), STDIN_FILENO);
  for (std::size_t i = 0; i < pipes.size(); ++i) {
    EXPECT_EQ(::pipe2(pipes[i].data(), O_CLOEXEC), 0);
    posix_spawn_file_actions_adddup2(&actions, pipes[i][1], static_cast<int>(i) + STDOUT_FILENO);
  }
  EXPECT_EQ(::posix_spawnp(&id_, words.front().c_str(), &actions, nullptr, pointers(words).data(),
                           pointers(environment).data()),
            0);
  posix_spawn_file_actions_destroy(&actions);
  std::fclose(input);
  for (std::size_t i = 0; i < pipes.size(); ++i) {
    ::close(pipes[i][1]);
    streams_[i].descriptor = pipes[i][0];
    streams_[i].reader = std::thread([this, i] { read(streams_[i]); });
  }
}

Process::~Process() {
  if (id_ > 0) {
    signal(SIGKILL);
    wait();
  }
}

void Process::read(Stream& stream) {
  std::array<char, 65536> part{};
  for (;;) {
    const ssize_t size = ::read(stream.descriptor, part.data(), part.size());
    const std::lock_guard lock(mutex_);
    more_.notify_all();
    if (size <= 0) {
      stream.ended = true;
      return;
    }
    stream.text.append(part.data(), static_cast<std::size_t>(size));
  }
}

bool Process::says(std::string_view text) {
  std::unique_lock lock(mutex_);
  const auto said = [&] {
    return streams_[0].text.find(text) != std::string::npos || streams_[1].text.find(text) != std::string::npos;
  };
  more_.wait_for(lock, kPatience, [&] { return said() || (streams_[0].ended && streams_[1].ended); });
  return said();
}

std::string Process::output() {
  const std::lock_guard lock(mutex_);
  return streams_[0].text;
}

std::string Process::errors() {
  const std::lock_guard lock(mutex_);
  return streams_[1].text;
}

void Process::signal(int number) const {
  if (id_ > 0) ::kill(id_, number);
}

int Process::wait() {
  int status = 0;
  EXPECT_EQ(::waitpid(id_, &status, 0), id_);
  id_ = -1;
  for (Stream& stream : streams_) {
    stream.reader.join();
    ::close(stream.descriptor);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

RunningAdapter::RunningAdapter(const std::vector<std::string>& arguments, const std::vector<std::string>& wrapper)
    : process_([&] {
        Call call{{"serve", "--listen", "127.0.0.1:0", "--providers", "samples/providers.csv"}};
        call.arguments.insert(call.arguments.end(), arguments.begin(), arguments.end());
        call.wrapper = wrapper;
        return call;
      }()) {
  if (process_.says("/fhir (store ")) {
    port_ = std::max(port_after("is ready at http://127.0.0.1:"), port_after("is ready at https://127.0.0.1:"));
  }
}

std::uint16_t RunningAdapter::admin_port() {
  return port_after("admin routes at http://127.0.0.1:");
}

std::uint16_t RunningAdapter::port_after(std::string_view words) {
  const std::string output = process_.output();
  const auto at = output.find(words);
  return at == std::string::npos ? 0 : static_cast<std::uint16_t>(std::atoi(output.c_str() + at + words.size()));
}

int RunningAdapter::stop() {
  process_.signal(SIGTERM);
  return process_.wait();
}

}  // namespace pas::support
