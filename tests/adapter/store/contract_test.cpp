// What every store promises of commits and numbers; contract_lookup_test.cpp has the questions.

#include <algorithm>
#include <thread>

#include "tests/adapter/store/contract.h"

namespace pas {
namespace {

using base::ErrorCode;
using store::Body;
using support::submission;

TEST_P(StoreContract, GivesBackWhatWasCommitted) {
  const auto sent = submission("c-1");
  commit(sent);
  store::Case expected = sent.record;
  expected.order = get("c-1").order;
  EXPECT_GT(expected.order, 0);
  EXPECT_EQ(get("c-1"), expected);
  EXPECT_EQ(*store_->find_body("c-1", Body::kRequest), sent.bodies.request);
  EXPECT_EQ(*store_->find_body("c-1", Body::kResponse), sent.bodies.response);
  EXPECT_EQ(*store_->decision_record("c-1", 1), sent.decisions[0].json);
  EXPECT_EQ(*store_->decision_record("c-1", 2), sent.decisions[1].json);
  const auto due = store_->take_messages(support::kNoonMs, support::kNoonMs + 1, 10);
  ASSERT_EQ(due->size(), 1U);
  EXPECT_EQ(due->front().case_id, "c-1");
  EXPECT_EQ(due->front().kind, "notification");
  EXPECT_EQ(due->front().payload, "pended c-1");
}

TEST_P(StoreContract, AnswersWhatIsNotThere) {
  auto sent = submission("c-1");
  sent.decisions.pop_back();
  commit(sent);
  EXPECT_EQ(*store_->find_case("c-2"), std::nullopt);
  EXPECT_EQ(*store_->find_case(""), std::nullopt);
  EXPECT_EQ(*store_->find_body("c-2", Body::kRequest), std::nullopt);
  EXPECT_EQ(*store_->decision_record("c-1", 2), std::nullopt);
  EXPECT_EQ(*store_->decision_record("c-1", 3), std::nullopt);
  EXPECT_EQ(*store_->decision_record("c-2", 1), std::nullopt);
}

TEST_P(StoreContract, KeepsEveryByte) {
  auto sent = submission("c-1");
  sent.bodies.request = support::noise(300'000, 1);
  sent.record.request_sha256 = "";
  sent.bodies.response = std::string(2'000'000, ' ');
  sent.record.client = std::string("nul\0'\"|;\xF0\x9F\x92\x8A", 12);
  sent.record.claim_full_url = "http://x/?a=1&b='); DROP TABLE cases; --";
  sent.record.claim_identifiers = {{"a:b|c", "3:d"}, {"", "v"}, {"s", ""}, {std::string("\0", 1), "\n"}};
  sent.record.received_at_ms = -1;
  commit(sent);
  auto read = get("c-1");
  read.order = 0;
  EXPECT_EQ(read, sent.record);
  EXPECT_EQ(*store_->find_body("c-1", Body::kRequest), sent.bodies.request);
  EXPECT_EQ(*store_->find_body("c-1", Body::kResponse), sent.bodies.response);
  EXPECT_EQ(ids(store_->find_by_claim_url(sent.record.client, sent.record.claim_full_url, 5)), Ids{"c-1"});
}

TEST_P(StoreContract, RefusesAnIdThatIsTaken) {
  commit(submission("c-1"));
  auto again = submission("c-1");
  again.bodies.response = "another";
  expect_refused(again, ErrorCode::kConflict);
  EXPECT_EQ(*store_->find_body("c-1", Body::kResponse), submission("c-1").bodies.response);
  EXPECT_EQ(store_->take_messages(support::kNoonMs, support::kNoonMs + 1, 10)->size(), 1U);
}

TEST_P(StoreContract, RefusesWhatIsMalformed) {
  for (const char* id : {"", "under_score", "sp ace", "nl\n"}) expect_refused(submission(id), ErrorCode::kInvalid);
  expect_refused(submission(std::string(65, 'a')), ErrorCode::kInvalid);
  auto broken = submission("c-1");
  broken.record.items[1].sequence = 1;
  expect_refused(broken, ErrorCode::kInvalid);
  broken = submission("c-1");
  broken.record.items[1].sequence = 0;
  broken.decisions.pop_back();
  expect_refused(broken, ErrorCode::kInvalid);
  broken = submission("c-1");
  broken.record.items[0].months = 1201;
  expect_refused(broken, ErrorCode::kInvalid);
  broken = submission("c-1");
  broken.decisions[1].item_sequence = 3;
  expect_refused(broken, ErrorCode::kInvalid);
  broken = submission("c-1");
  broken.decisions[1].item_sequence = 1;
  expect_refused(broken, ErrorCode::kInvalid);
  broken = submission("c-1");
  broken.record.prior_id = "c-1";
  expect_refused(broken, ErrorCode::kInvalid);
  EXPECT_EQ(*store_->find_case("c-1"), std::nullopt);
}

TEST_P(StoreContract, AnUpdateReplacesItsPriorOnce) {
  commit(submission("c-1"));
  auto update = submission("c-2");
  update.record.kind = store::Kind::kUpdate;
  update.record.prior_id = "c-1";
  commit(update);
  EXPECT_EQ(get("c-1").replaced_by, "c-2");
  EXPECT_EQ(get("c-2").prior_id, "c-1");
  EXPECT_EQ(get("c-2").replaced_by, "");
  auto late = submission("c-3");
  late.record.prior_id = "c-1";
  expect_refused(late, ErrorCode::kConflict);
  late.record.prior_id = "c-9";
  expect_refused(late, ErrorCode::kInvalid);
  EXPECT_EQ(*store_->find_case("c-3"), std::nullopt);
  EXPECT_EQ(ids(store_->find_by_claim_url("clinic", "urn:uuid:c-3", 5)), Ids{});
}

TEST_P(StoreContract, OfTwoIdenticalRequestsOneIsStored) {
  auto first = submission("c-1");
  first.refuse_repeat_since_ms = support::kNoonMs - 600'000;
  commit(first);
  auto second = first;
  second.record.id = "c-2";
  expect_refused(second, ErrorCode::kConflict);
  second.refuse_repeat_since_ms = support::kNoonMs + 1;  // the first one is too old to be repeated
  commit(second);
  auto other_client = first;
  other_client.record.id = "c-3";
  other_client.record.client = "hospital";
  commit(other_client);
}

TEST_P(StoreContract, NumbersNeverRepeat) {
  std::vector<std::thread> threads;
  std::vector<std::vector<std::int64_t>> taken(4);
  for (std::size_t t = 0; t < taken.size(); ++t) {
    threads.emplace_back([this, &mine = taken[t], t] {
      for (int i = 0; i < 300; ++i) {
        const auto range = store_->reserve_numbers(store::Sequence::kAuthorization, static_cast<int>(t) * 7 + 1);
        ASSERT_TRUE(range);
        for (int n = 0; n < range->count; ++n) mine.push_back(range->first + n);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::vector<std::int64_t> all;
  for (const auto& numbers : taken) {
    EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
    all.insert(all.end(), numbers.begin(), numbers.end());
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
  EXPECT_EQ(all.size(), 300U * (1 + 8 + 15 + 22));
  EXPECT_GE(all.front(), 1);
  EXPECT_EQ(store_->reserve_numbers(store::Sequence::kAdministrativeReference, 1)->first, 1) << "a sequence of its own";
}

TEST_P(StoreContract, RefusesCountsThatAreNone) {
  for (const int count : {0, -1, store::kMaxNumbers + 1}) {
    const auto range = store_->reserve_numbers(store::Sequence::kAuthorization, count);
    ASSERT_FALSE(range) << count;
    EXPECT_EQ(range.error().code, ErrorCode::kInvalid);
  }
  const auto most = store_->reserve_numbers(store::Sequence::kAuthorization, store::kMaxNumbers);
  ASSERT_TRUE(most);
  EXPECT_GE(store_->reserve_numbers(store::Sequence::kAuthorization, 1)->first, most->first + most->count);
}

TEST_P(StoreContract, TakesCallsFromManyThreads) {
  constexpr int kThreads = 8;
  constexpr int kEach = 25;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string id = "t" + std::to_string(t) + "-" + std::to_string(i);
        ASSERT_TRUE(store_->commit(submission(id)));
        ASSERT_TRUE(*store_->find_case(id)) << "visible once commit returned";
        const auto same = store_->commit(submission("same-" + std::to_string(i)));
        if (!same) {
          ASSERT_EQ(same.error().code, ErrorCode::kConflict);
        }
        ASSERT_TRUE(store_->list_cases({}, std::nullopt, 3));
        ASSERT_TRUE(store_->health().writable);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(store_->list_cases({}, std::nullopt, 1000)->cases.size(), (kThreads + 1U) * kEach);
  EXPECT_EQ(*store_->months_authorized({"payer", "M-1", "E0781", ""}), 3 * (kThreads + 1) * kEach);
}

TEST_P(StoreContract, VerifyFindsARequestWithAnotherHash) {
  auto wrong = submission("c-1");
  wrong.record.request_sha256[0] = 'x';
  commit(wrong);
  const auto faults = store_->verify();
  ASSERT_TRUE(faults);
  EXPECT_EQ(*faults, std::vector<std::string>{"case c-1: the request does not have its hash"});
  store_ = nullptr;
}

PAS_EVERY_BACKEND(StoreContract);

}  // namespace
}  // namespace pas
