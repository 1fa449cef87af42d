// Disks that are full or fail: kUnavailable, nothing lost, nothing half stored, and over when the cause is.

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <atomic>
#include <csignal>
#include <latch>
#include <thread>
#include <vector>

#include "tests/adapter/store/child.h"
#include "tests/adapter/store/samples.h"

namespace pas {
namespace {

using base::ErrorCode;

store::Submission big(int i, std::size_t bytes) {
  auto sent = support::submission("c-" + std::to_string(i));
  sent.bodies.response = support::noise(bytes, static_cast<unsigned>(i));
  return sent;
}

TEST(StoreDisk, AFullFileRefusesAndKeepsWhatItHas) {
  support::TemporaryFolder folder;
  store::SqliteOptions options;
  options.file = folder.file("store.db");
  options.file_limit_pages = 200;
  int stored = 0;
  {
    auto store = store::open_sqlite(options);
    ASSERT_TRUE(store);
    for (;; ++stored) {
      const auto done = (*store)->commit(big(stored, 40'000));
      if (done) continue;
      EXPECT_EQ(done.error().code, ErrorCode::kUnavailable);
      break;
    }
    EXPECT_GT(stored, 5);
    EXPECT_FALSE((*store)->health().writable);
    EXPECT_EQ(*(*store)->find_case(big(stored, 1).record.id), std::nullopt);
    EXPECT_EQ((*store)->list_cases({}, std::nullopt, 100)->cases.size(), static_cast<std::size_t>(stored));
    EXPECT_EQ(*(*store)->verify(), std::vector<std::string>());
  }
  options.file_limit_pages = 0;
  auto store = store::open_sqlite(options);
  ASSERT_TRUE(store);
  ASSERT_TRUE((*store)->commit(big(stored, 40'000)));
  for (int i = 0; i <= stored; ++i) {
    const auto sent = big(i, 40'000);
    EXPECT_EQ(*(*store)->find_body(sent.record.id, store::Body::kResponse), sent.bodies.response);
  }
  EXPECT_EQ(*(*store)->verify(), std::vector<std::string>());
}

// This process may write no file beyond a size, as long as the object lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    previous_handler_ = std::signal(SIGXFSZ, SIG_IGN);  // the write fails with EFBIG then
    EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &previous_), 0);
    rlimit limit = previous_;
    limit.rlim_cur = bytes;
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &previous_);
    std::signal(SIGXFSZ, previous_handler_);
  }

 private:
  rlimit previous_{};
  void (*previous_handler_)(int) = nullptr;
};

TEST(StoreDisk, AFailedWriteIsOverWhenTheDiskWorksAgain) {
  support::TemporaryFolder folder;
  auto store = store::open_store(*support::kSqlite.specification(folder));
  ASSERT_TRUE(store);
  ASSERT_TRUE((*store)->commit(big(1, 10)));
  std::optional<store::Result<void>> failed;
  store::Health health;
  {
    const FileSizeLimit limit(1U << 20U);  // nothing is printed while it holds: that is a file too
    failed = (*store)->commit(big(2, 3U << 20U));
    health = (*store)->health();
  }
  ASSERT_FALSE(*failed);
  EXPECT_EQ(failed->error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(health.writable);
  EXPECT_EQ(*(*store)->find_case("c-2"), std::nullopt);
  ASSERT_TRUE((*store)->commit(big(2, 3U << 20U)));
  EXPECT_TRUE((*store)->health().writable);
  EXPECT_NE(*(*store)->find_case("c-1"), std::nullopt);
  EXPECT_EQ(*(*store)->verify(), std::vector<std::string>());
}

// A flood of connections may take every descriptor that is left: what is open goes on.
TEST(StoreDisk, NoDescriptorIsWantedOnceItIsOpen) {
#ifdef __has_feature  // of clang, with which the sanitizers' build is made
#if __has_feature(undefined_behavior_sanitizer)
  GTEST_SKIP() << "UBSan's own look at an object's type wants a descriptor, and calls the object wrong without one";
#endif
#endif
  support::TemporaryFolder folder;
  auto store = store::open_store(*support::kSqlite.specification(folder));
  ASSERT_TRUE(store);
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit none{0, limit.rlim_max};
  constexpr int kThreads = 16;
  std::latch together{kThreads};
  std::atomic<int> failed = 0;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      together.arrive_and_wait();
      for (int i = 0; i < 20; ++i) {
        const auto sent = support::submission("t" + std::to_string(t) + "-" + std::to_string(i));
        if (!(*store)->commit(sent) || !(*store)->find_body(sent.record.id, store::Body::kRequest)) ++failed;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(failed, 0);
}

TEST(StoreDisk, AFullDiskIsOverOnceThereIsSpace) {
  support::TemporaryFolder folder;
  support::Child child({"full-disk", folder.file("")});
  while (!child.read().empty()) {
  }
  const int status = child.wait();
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "a small file system cannot be mounted here";
  EXPECT_EQ(WEXITSTATUS(status), 0) << "see the line above";
}

}  // namespace
}  // namespace pas
