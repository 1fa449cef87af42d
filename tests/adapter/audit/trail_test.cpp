// The file that the trail keeps: over restarts, rotation, a crash and a disk that is full.

#include "adapter/audit/trail.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

#include "adapter/audit/chain.h"
#include "tests/adapter/store/samples.h"
#include "tests/support/files.h"

namespace pas {
namespace {

class AuditTrail : public testing::Test {
 protected:
  base::Result<std::unique_ptr<audit::Trail>> open(std::uint64_t rotate_bytes = 1U << 20U) {
    return audit::Trail::open({.file = file_, .rotate_bytes = rotate_bytes}, clock_, log_);
  }
  static audit::Event event(const std::string& what) { return {.kind = &audit::kRead, .what = what}; }
  static audit::Verified verified(const std::vector<std::string>& files) {
    const auto found = audit::verify(files, {});
    EXPECT_TRUE(found);
    EXPECT_EQ(found->fault, "");
    return *found;
  }
  bool logged(const std::string& text) {
    const std::lock_guard lock(mutex_);
    return lines_.find(text) != std::string::npos;
  }

  const support::TemporaryFolder folder_;
  const std::string file_ = folder_.file("audit.ndjson");
  base::SystemClock clock_;
  std::mutex mutex_;
  std::string lines_;
  observe::Log log_ = observe::Log::to_sink(observe::Severity::kInfo, clock_, [this](std::string_view line) {
    const std::lock_guard lock(mutex_);
    lines_ += line;
  });
};

TEST_F(AuditTrail, GoesOnOverRestarts) {
  for (int i = 0; i < 3; ++i) {
    auto trail = open();
    ASSERT_TRUE(trail) << trail.error().message;
    EXPECT_TRUE((*trail)->is_ready());
    EXPECT_TRUE((*trail)->write(event("GET /x")));
    EXPECT_FALSE(open()) << "one at a time";
  }
  EXPECT_EQ(verified({file_}).events, 9) << "each with a start and a stop";
  EXPECT_TRUE(logged("\"event\":\"audit.anchor\",\"hash\":\"" + verified({file_}).last));
}

TEST_F(AuditTrail, RotatesAndTheChainGoesOn) {
  {
    auto trail = open(2000);
    ASSERT_TRUE(trail);
    for (int i = 0; i < 8; ++i) EXPECT_TRUE((*trail)->write(event("GET /x")));
  }
  std::vector<std::string> files;
  for (int i = 1; std::filesystem::exists(file_ + ".00000" + std::to_string(i)); ++i) {
    files.push_back(file_ + ".00000" + std::to_string(i));
    EXPECT_LE(std::filesystem::file_size(files.back()), 2000U);
  }
  EXPECT_GE(files.size(), 2U);
  files.push_back(file_);
  EXPECT_EQ(verified(files).events, 10);

  // As a crash between the rename and the new file leaves it.
  std::filesystem::rename(file_, file_ + ".00000" + std::to_string(files.size()));
  files.back() = file_ + ".00000" + std::to_string(files.size());
  EXPECT_TRUE(open(2000));
  files.push_back(file_);
  EXPECT_EQ(verified(files).events, 12);
}

TEST_F(AuditTrail, HalfALineIsCutOffAndTold) {
  EXPECT_TRUE(open());
  std::ofstream(file_, std::ios::app) << R"({"resourceType":"Aud)";
  EXPECT_NE(audit::verify({file_}, {})->fault, "");
  EXPECT_TRUE(open());
  EXPECT_EQ(verified({file_}).events, 4);
  EXPECT_NE(support::read_file(file_).find("20 bytes were cut off"), std::string::npos);
  EXPECT_TRUE(logged("audit.repaired"));
}

TEST_F(AuditTrail, AForeignFileIsLeftAsItIs) {
  std::ofstream(file_) << "something else\n";
  EXPECT_FALSE(open());
  EXPECT_EQ(support::read_file(file_), "something else\n");
}

TEST_F(AuditTrail, WhatCouldNotBeRecordedIsToldOnceItCan) {
  auto trail = open();
  ASSERT_TRUE(trail);
  auto* const old_action = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit full = before;
  full.rlim_cur = std::filesystem::file_size(file_) + 100;  // less than a line
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
  const bool was_written = (*trail)->write(event("GET /lost"));
  const bool was_ready = (*trail)->is_ready();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, old_action);
  EXPECT_FALSE(was_written);
  EXPECT_FALSE(was_ready);
  EXPECT_TRUE(logged("audit.not_writable"));

  EXPECT_TRUE((*trail)->is_ready());
  EXPECT_TRUE((*trail)->write(event("GET /kept")));
  trail->reset();
  EXPECT_EQ(verified({file_}).events, 4) << "start, the gap, what was kept, stop";
  const std::string text = support::read_file(file_);
  EXPECT_NE(text.find("could not be written: 2 requests"), std::string::npos) << text;
  EXPECT_EQ(text.find("/lost"), std::string::npos);
}

}  // namespace
}  // namespace pas
