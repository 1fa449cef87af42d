#pragma once
// The contract suite's fixture: one test program, every backend.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "adapter/store/sealing.h"
#include "tests/adapter/store/samples.h"

namespace pas {

class StoreContract : public testing::TestWithParam<support::Backend> {
 protected:
  void SetUp() override {
    const auto specification = GetParam().specification(folder_);
    if (!specification) GTEST_SKIP() << GetParam().name << " is not installed here";
    auto opened = store::open_store(*specification, keys());
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }

  static store::SharedKeys keys() {
    return GetParam().is_sealed ? *store::StoreKeys::parse("contract " + std::string(64, '7')) : nullptr;
  }

  // Every test leaves a sound store.
  void TearDown() override {
    if (store_ == nullptr) return;
    const auto faults = store_->verify();
    ASSERT_TRUE(faults) << faults.error().message;
    EXPECT_EQ(*faults, std::vector<std::string>());
  }

  void commit(const store::Submission& submission) {
    const auto done = store_->commit(submission);
    EXPECT_TRUE(done) << submission.record.id << ": " << done.error().message;
  }

  void expect_refused(const store::Submission& submission, base::ErrorCode code) {
    const auto done = store_->commit(submission);
    ASSERT_FALSE(done) << submission.record.id;
    EXPECT_EQ(done.error().code, code) << done.error().message;
    EXPECT_EQ(done.error().message.find("M-1"), std::string::npos) << "an error never names a member";
  }

  store::Case get(const std::string& id) {
    auto found = store_->find_case(id);
    EXPECT_TRUE(found && *found) << id;
    return found && *found ? std::move(**found) : store::Case();
  }

  static std::vector<std::string> ids(const store::Result<std::vector<store::Case>>& cases) {
    std::vector<std::string> found;
    EXPECT_TRUE(cases);
    if (cases) {
      for (const store::Case& record : *cases) found.push_back(record.id);
    }
    return found;
  }

  support::TemporaryFolder folder_;
  std::unique_ptr<store::Store> store_;
};

using Ids = std::vector<std::string>;

}  // namespace pas

#define PAS_EVERY_BACKEND(suite)                                                                   \
  INSTANTIATE_TEST_SUITE_P(Backends, suite,                                                        \
                           testing::Values(support::kMemory, support::kSqlite, support::kPostgres, \
                                           support::kSealedSqlite, support::kSealedPostgres),      \
                           [](const auto& backend) { return std::string(backend.param.name); })

// For what has nothing that is sealed.
#define PAS_EVERY_PLAIN_BACKEND(suite)                                                                               \
  INSTANTIATE_TEST_SUITE_P(Backends, suite, testing::Values(support::kMemory, support::kSqlite, support::kPostgres), \
                           [](const auto& backend) { return std::string(backend.param.name); })
