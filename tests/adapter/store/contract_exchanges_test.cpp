// What every store promises of the records of exchanges.

#include "tests/adapter/store/contract.h"

namespace pas {
namespace {

using store::Exchange;
using support::kNoonMs;
using support::submission;

class StoreExchanges : public StoreContract {
 protected:
  static Exchange exchange(const std::string& type, std::int64_t at_ms, const std::string& case_id = "") {
    return {.case_id = case_id,
            .payer = "husky",
            .type = type,
            .other = "provider",
            .requested_ms = at_ms,
            .responded_ms = at_ms + 7,
            .http_status = 200,
            .detail = "{\"businessLine\":{\"text\":\"\xC3\xA9'\"}}"};
  }

  // Without what the store sets.
  static std::vector<Exchange> plain(const store::Result<std::vector<Exchange>>& read) {
    EXPECT_TRUE(read) << read.error().message;
    std::vector<Exchange> exchanges = read ? *read : std::vector<Exchange>();
    for (std::size_t i = 0; i < exchanges.size(); ++i) {
      EXPECT_GT(exchanges[i].order, i == 0 ? 0 : exchanges[i - 1].order);
    }
    for (Exchange& each : exchanges) each.order = 0;
    return exchanges;
  }
  std::vector<Exchange> others(std::int64_t from_ms, std::int64_t to_ms, std::int64_t after = 0, int limit = 100) {
    return plain(store_->other_exchanges({from_ms, to_ms}, after, limit));
  }
};

TEST_P(StoreExchanges, AreWrittenWithWhatTheyAreAbout) {
  auto sent = submission("c-1");
  sent.exchange = exchange("initial", kNoonMs);
  commit(sent);
  commit(submission("c-2"));
  store::Revision revision;
  revision.case_id = "c-1";
  revision.expected_revision = 1;
  revision.items = sent.record.items;
  revision.exchange = exchange("subsequent", kNoonMs + 1);
  ASSERT_TRUE(store_->revise(revision));
  ASSERT_FALSE(store_->revise(revision)) << "a refused revision leaves none";
  ASSERT_TRUE(store_->note_exchanges({exchange("query", kNoonMs + 2, "c-1"), exchange("query", kNoonMs + 2, "c-2")}));

  EXPECT_EQ(plain(store_->exchanges("c-1")),
            (std::vector<Exchange>{exchange("initial", kNoonMs, "c-1"), exchange("subsequent", kNoonMs + 1, "c-1"),
                                   exchange("query", kNoonMs + 2, "c-1")}));
  EXPECT_EQ(plain(store_->exchanges("c-2")), (std::vector<Exchange>{exchange("query", kNoonMs + 2, "c-2")}));
  EXPECT_EQ(plain(store_->exchanges("c-3")), (std::vector<Exchange>{}));
  EXPECT_EQ(plain(store_->exchanges("")), (std::vector<Exchange>{}));
  EXPECT_EQ(others(0, kNoonMs * 2), (std::vector<Exchange>{}));
}

TEST_P(StoreExchanges, OfNoCaseAreReadByTheirTimeAndPurgedByIt) {
  ASSERT_TRUE(store_->note_exchanges({exchange("initial", 10), exchange("query", 20), exchange("query", 30, "gone")}));
  EXPECT_EQ(others(10, 20), (std::vector<Exchange>{exchange("initial", 10), exchange("query", 20)}));
  EXPECT_EQ(others(11, 30), (std::vector<Exchange>{exchange("query", 20), exchange("query", 30)}));
  EXPECT_EQ(others(0, 99, 0, 1), (std::vector<Exchange>{exchange("initial", 10)}));
  const auto first = store_->other_exchanges({0, 99}, 0, 1);
  ASSERT_TRUE(first && first->size() == 1);
  EXPECT_EQ(others(0, 99, first->front().order, 1), (std::vector<Exchange>{exchange("query", 20)}));
  EXPECT_EQ(*store_->purge_exchanges(20), 1);
  EXPECT_EQ(*store_->purge_exchanges(20), 0);
  EXPECT_EQ(others(0, 99), (std::vector<Exchange>{exchange("query", 20), exchange("query", 30)}));
}

TEST_P(StoreExchanges, GoWithTheirCase) {
  auto sent = submission("c-1");
  sent.record.status = store::Status::kDecided;
  sent.outbox.clear();
  sent.served_to = "2026-06-09";
  sent.exchange = exchange("initial", kNoonMs);
  commit(sent);
  ASSERT_TRUE(store_->note_exchanges({exchange("query", kNoonMs, "")}));
  EXPECT_EQ(*store_->purge("c-1", {.changed_before_ms = kNoonMs + 1, .served_before = "2026-06-10"}), 1);
  EXPECT_EQ(plain(store_->exchanges("c-1")), (std::vector<Exchange>{}));
  EXPECT_EQ(others(0, kNoonMs), (std::vector<Exchange>{exchange("query", kNoonMs)}));
}

PAS_EVERY_PLAIN_BACKEND(StoreExchanges);

}  // namespace
}  // namespace pas
