#include "adapter/documents/confined_child.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

namespace pas {
namespace {

using base::ErrorCode;
using documents::ChildLimits;

base::Result<std::string> run(const std::vector<std::string>& arguments, std::string_view input = "",
                              const ChildLimits& limits = {}) {
  return documents::run_confined("child", PAS_CHILD, arguments, input, limits);
}

std::string answer(const std::vector<std::string>& arguments, std::string_view input = "") {
  const auto result = run(arguments, input);
  return result ? *result : "error: " + result.error().message;
}

TEST(ConfinedChild, ReadsItsInputAndAnswers) {
  EXPECT_EQ(answer({"echo"}, "document"), "document");
  EXPECT_EQ(answer({"echo"}, ""), "");
  const std::string large(5U << 20U, 'x');
  EXPECT_EQ(answer({"echo"}, large), large) << "more than a pipe holds, both ways";
  const std::string zeros("a\0b", 3);
  EXPECT_EQ(answer({"echo"}, zeros), zeros);
}

TEST(ConfinedChild, IsCalledWithoutAShell) {
  EXPECT_EQ(answer({"arguments", "$(id); `id` > x"}), "$(id); `id` > x");
}

TEST(ConfinedChild, InheritsNothing) {
  ::setenv("PAS_SECRET", "secret", 1);
  const int inherited = ::open("/dev/null", O_RDONLY);  // not closed at exec
  EXPECT_EQ(answer({"environment"}), "none");
  EXPECT_EQ(answer({"descriptors"}), "0 1 2 3 ");
  EXPECT_EQ(answer({"folder"}), "/");
  ::close(inherited);
}

TEST(ConfinedChild, MayReadFilesAndNothingElse) {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("pas-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  const std::string file = folder / "file";
  const std::string other = folder / "other";
  std::ofstream(file) << "kept";
  EXPECT_EQ(answer({"read-file"}), "yes");
  EXPECT_EQ(answer({"write-file", other}), "no");
  EXPECT_EQ(answer({"append-file", file}), "no");
  EXPECT_EQ(answer({"remove-file", file}), "no");
  EXPECT_EQ(answer({"make-folder", other}), "no");
  EXPECT_EQ(answer({"write-input"}, "document"), "no");
  EXPECT_EQ(answer({"socket"}), "no");
  EXPECT_EQ(answer({"unix-socket"}), "no");
  EXPECT_EQ(answer({"fork"}), "no");
  EXPECT_EQ(answer({"signal-parent"}), "no");
  EXPECT_EQ(answer({"trace-parent"}), "no");
  EXPECT_TRUE(std::filesystem::exists(file));
  EXPECT_FALSE(std::filesystem::exists(other));
  std::filesystem::remove_all(folder);
}

TEST(ConfinedChild, ThatHangsIsKilled) {
  ChildLimits limits;
  limits.wall = std::chrono::milliseconds(100);
  for (const char* what : {"hang", "hang-silently", "spin"}) {
    const auto result = run({what}, "document", limits);
    if (std::string(what) == "hang-silently") {
      ASSERT_FALSE(result);
      EXPECT_EQ(result.error().message, "child ended by signal 9") << "it looked as if it had ended";
      continue;
    }
    ASSERT_FALSE(result) << what;
    EXPECT_EQ(result.error().code, ErrorCode::kTimeout);
    EXPECT_EQ(result.error().message, "child took more than 100 ms");
  }
}

TEST(ConfinedChild, ThatUsesTooMuchTimeIsEndedByTheSystem) {
  ChildLimits limits;
  limits.wall = std::chrono::seconds(60);
  limits.confinement.cpu_seconds = 1;
  const auto result = run({"spin"}, "", limits);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(result.error().message, testing::StartsWith("child ended by signal "));
}

TEST(ConfinedChild, ThatFloodsIsKilled) {
  ChildLimits limits;
  limits.output_bytes = 100'000;
  const auto result = run({"flood"}, "", limits);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(result.error().message, "child wrote more than 100000 bytes");
  limits.output_bytes = 8;
  EXPECT_EQ(run({"echo"}, "document", limits).value(), "document") << "just as much as is allowed";
}

TEST(ConfinedChild, ThatFailsIsTold) {
  EXPECT_EQ(run({"code", "3"}).error().message, "child ended with code 3");
  const auto crash = run({"crash"});
  ASSERT_FALSE(crash);
  EXPECT_EQ(crash.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(crash.error().message, testing::StartsWith("child ended by signal "));
  EXPECT_THAT(run({"memory"}).error().message, testing::StartsWith("child ended by signal "));
}

TEST(ConfinedChild, ThatCannotBeStartedIsTold) {
  for (const char* program : {"/nowhere/child", "", "/etc/passwd", "/"}) {
    const auto result = documents::run_confined("child", program, {}, "document", {});
    ASSERT_FALSE(result) << program;
    EXPECT_EQ(result.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(result.error().message, "child cannot be started");
  }
}

TEST(ConfinedChild, RunsBesideOthers) {
  std::vector<std::thread> threads;
  std::vector<std::string> answers(8);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    threads.emplace_back([&answers, i] {
      for (int turn = 0; turn < 5; ++turn) answers[i] += answer({"echo"}, std::to_string(i));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < answers.size(); ++i) EXPECT_EQ(answers[i], std::string(5, static_cast<char>('0' + i)));
}

TEST(ConfinedChild, LeavesNoDescriptorsAndNoProcessesBehind) {
  const auto open_files = [] {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
    return count;
  };
  const std::size_t before = open_files();
  ChildLimits limits;
  limits.wall = std::chrono::milliseconds(50);
  EXPECT_FALSE(run({"hang"}, "document", limits));
  EXPECT_TRUE(run({"echo"}, "document"));
  EXPECT_FALSE(documents::run_confined("child", "/nowhere", {}, "", {}));
  EXPECT_EQ(open_files(), before);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "no child is left";
}

}  // namespace
}  // namespace pas
