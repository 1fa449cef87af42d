// Texts encrypted at rest: the key file, what is sealed and opened, stores with right, wrong and new keys, and what is
// in a database's file.

#include "adapter/store/sealing.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "adapter/store/archive.h"
#include "adapter/store/rekey.h"
#include "adapter/store/sqlite_connection.h"
#include "tests/adapter/store/postgres_server.h"
#include "tests/adapter/store/samples.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using base::ErrorCode;
using store::SharedKeys;
using store::StoreKeys;

const std::string kHex(64, 'a');
const std::string kOtherHex(64, 'b');

SharedKeys keys(const std::string& lines) {
  auto parsed = StoreKeys::parse(lines);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed ? *parsed : nullptr;
}

TEST(StoreKeyFile, HexAndBase64AreTaken) {
  const auto both = keys("# ours\n\nnew " + kHex + "\r\n  old  qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=\n");
  EXPECT_EQ(both->first(), "new");
  EXPECT_TRUE(both->knows("old"));
  EXPECT_FALSE(both->knows("older"));
  const auto same = keys("new qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=");
  EXPECT_EQ(same->open(both->seal("text", "place"), "place"), "text") << "0xAA 32 times, either way";
}

TEST(StoreKeyFile, WhatIsWrongNamesItsLineAndNoKey) {
  const std::pair<std::string, std::string> wrong[] = {
      {"", "no key is in it"},
      {"# nothing\n", "no key is in it"},
      {kHex, "line 1: ID KEY is wanted, the id 1 to 32 of A-Z a-z 0-9 . _ -"},
      {"\n" + std::string(33, 'k') + " " + kHex, "line 2: ID KEY is wanted, the id 1 to 32 of A-Z a-z 0-9 . _ -"},
      {"a/b " + kHex, "line 1: ID KEY is wanted, the id 1 to 32 of A-Z a-z 0-9 . _ -"},
      {"a " + kHex.substr(2), "line 1: the key is not 32 bytes in hex or base64"},
      {"a " + kHex.substr(1) + "g", "line 1: the key is not 32 bytes in hex or base64"},
      {"a qqqq", "line 1: the key is not 32 bytes in hex or base64"},
      {"a " + kHex + "\na " + kOtherHex, "line 2: the id stands twice"},
  };
  for (const auto& [text, message] : wrong) {
    const auto refused = StoreKeys::parse(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().message, message) << text;
  }
}

TEST(StoreKeyFile, MustBeClosedToOthers) {
  using std::filesystem::perms;
  const support::TemporaryFolder folder;
  const std::string file = folder.file("keys");
  std::ofstream(file) << "a " << kHex << "\n";
  for (const perms more : {perms::others_read, perms::others_write, perms::others_exec, perms::group_write}) {
    std::filesystem::permissions(file, perms::owner_read | perms::owner_write | perms::group_read | more);
    const auto refused = StoreKeys::load(file);
    ASSERT_FALSE(refused) << static_cast<int>(more);
    EXPECT_NE(refused.error().message.find("chmod 640"), std::string::npos) << refused.error().message;
  }
  std::filesystem::permissions(file, perms::owner_read | perms::group_read);
  EXPECT_TRUE(StoreKeys::load(file));
  EXPECT_EQ(StoreKeys::load(folder.file("none")).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(StoreKeys::load(folder.file(".")).error().code, ErrorCode::kInvalid) << "a folder";
}

TEST(Sealing, OpensInItsPlaceAlone) {
  const auto ours = keys("a " + kHex);
  const std::string place = store::place_of("bodies.request", {"c-1"});
  const std::string sealed = ours->seal("a text", place);
  EXPECT_EQ(sealed.find("a text"), std::string::npos);
  EXPECT_EQ(store::sealed_by(sealed), "a");
  EXPECT_NE(sealed, ours->seal("a text", place)) << "a nonce of its own";
  EXPECT_EQ(ours->open(sealed, place), "a text");
  EXPECT_EQ(ours->open(sealed, store::place_of("bodies.request", {"c-2"})), std::nullopt);
  EXPECT_EQ(ours->open(sealed, store::place_of("bodies.response", {"c-1"})), std::nullopt);
  EXPECT_EQ(keys("a " + kOtherHex)->open(sealed, place), std::nullopt) << "another key of that id";
  EXPECT_EQ(keys("b " + kHex)->open(sealed, place), std::nullopt) << "the key under another id";
  EXPECT_EQ(keys("b " + kOtherHex + "\na " + kHex)->open(sealed, place), "a text") << "all decrypt";
}

TEST(Sealing, NoByteOfItCanBeChangedOrCutOff) {
  const auto ours = keys("a " + kHex);
  const std::string sealed = ours->seal("text", "place");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_EQ(ours->open(changed, "place"), std::nullopt) << i;
    EXPECT_EQ(ours->open(sealed.substr(0, i), "place"), std::nullopt) << i;
  }
}

TEST(Sealing, PlacesAreNeverTheSame) {
  EXPECT_NE(store::place_of("a", {"b", "c"}), store::place_of("a", {"b", "", "c"}));
  EXPECT_NE(store::place_of("a", {"1:b"}), store::place_of("a", {"b"}));
}

// The backends that keep something.
class SealedStore : public testing::TestWithParam<support::Backend> {
 protected:
  void SetUp() override {
    const auto specification = GetParam().specification(folder_);
    if (!specification) GTEST_SKIP() << GetParam().name << " is not installed here";
    specification_ = *specification;
  }

  // Of each column that is sealed something, with the marker.
  void fill(const SharedKeys& with) {
    auto opened = store::open_store(specification_, with);
    ASSERT_TRUE(opened) << opened.error().message;
    store::Store& store = **opened;
    store::Subscription subscription;
    subscription.id = "s-1";
    subscription.json = "subscription " + marker_;
    ASSERT_TRUE(store.put_subscription(subscription, {}));
    auto sent = support::submission("c-1");
    sent.bodies.request = "request " + marker_;
    sent.bodies.response = "response " + marker_;
    sent.bodies.whole = "whole " + marker_;
    sent.record.request_sha256.clear();
    sent.record.items[0].state = "state " + marker_;
    sent.decisions[0].json = "decision " + marker_;
    sent.events = {{"s-1", "focus " + marker_}};
    ASSERT_TRUE(store.commit(sent));
    store::Revision revision;
    revision.case_id = "c-1";
    revision.expected_revision = 1;
    revision.items = sent.record.items;
    revision.items[1].state = "later state " + marker_;
    revision.decisions = {{1, "later decision " + marker_}};
    revision.supplements = {{"x", 7, "supplement " + marker_}};
    revision.events = {{"s-1", "later focus " + marker_}};
    revision.at_ms = 8;
    ASSERT_TRUE(store.revise(revision));
    ASSERT_TRUE(store.commit(support::submission("c-2")));
  }

  void expect_all_there(const SharedKeys& with) {
    auto opened = store::open_store(specification_, with);
    ASSERT_TRUE(opened) << opened.error().message;
    const store::Store& store = **opened;
    EXPECT_EQ(*store.verify(), std::vector<std::string>());
    EXPECT_EQ(*store.find_body("c-1", store::Body::kRequest), "request " + marker_);
    EXPECT_EQ(*store.find_body("c-1", store::Body::kResponse), "response " + marker_);
    EXPECT_EQ(*store.find_body("c-1", store::Body::kWhole), "whole " + marker_);
    EXPECT_EQ(*store.decision_records("c-1", 1),
              (std::vector<store::DecisionRecord>{{1, "decision " + marker_, 1}, {1, "later decision " + marker_, 2}}));
    EXPECT_EQ((*store.find_case("c-1"))->items[0].state, "state " + marker_);
    EXPECT_EQ((*store.find_case("c-1"))->items[1].state, "later state " + marker_);
    EXPECT_EQ(store.supplements("c-1")->at(0).json, "supplement " + marker_);
    EXPECT_EQ((*store.find_subscription("s-1"))->json, "subscription " + marker_);
    EXPECT_EQ((*store.find_event("s-1", 1))->focus, "focus " + marker_);
    EXPECT_EQ((*store.find_event("s-1", 2))->focus, "later focus " + marker_);
  }

  void expect_refused(const SharedKeys& with, const std::string& message) {
    const auto refused = store::open_store(specification_, with);
    ASSERT_FALSE(refused) << message;
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
    EXPECT_NE(refused.error().message.find(message), std::string::npos) << refused.error().message;
  }

  support::TemporaryFolder folder_;
  std::string specification_;
  const std::string marker_ = "Zarathustra-Q7";
  const SharedKeys a_ = keys("a " + kHex);
  const SharedKeys b_ = keys("b " + kOtherHex);
  const SharedKeys b_and_a_ = keys("b " + kOtherHex + "\na " + kHex);
};

TEST_P(SealedStore, GivesBackWhatItWasGiven) {
  fill(a_);
  expect_all_there(a_);
  expect_all_there(b_and_a_);
}

TEST_P(SealedStore, IsNotOpenedWithoutItsKeys) {
  fill(a_);
  expect_refused(nullptr, "the store is encrypted: --store-keys FILE is wanted");
  expect_refused(b_, "the store is encrypted with the key a, which is not given");
  expect_refused(keys("a " + kOtherHex), "the key a is not the one of that id");
}

TEST_P(SealedStore, IsSealedLaterAndUnderNewKeys) {
  fill(nullptr);
  expect_all_there(a_);  // what is plain is read, and a is known from now on
  const auto sealed = store::rekey_store(specification_, a_);
  ASSERT_TRUE(sealed) << sealed.error().message;
  EXPECT_EQ(sealed->sealed, sealed->texts);
  EXPECT_EQ(sealed->texts, 15) << "10 of c-1, with its two events, 4 of c-2, and a subscription";
  expect_all_there(a_);
  EXPECT_EQ(store::rekey_store(specification_, a_)->sealed, 0) << "it is done already";

  ASSERT_TRUE((*store::open_store(specification_, b_and_a_))->commit(support::submission("c-3")));
  expect_refused(a_, "the key b, which is not given");
  expect_refused(b_, "the key a, which is not given");
  const auto again = store::rekey_store(specification_, b_and_a_);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->sealed, sealed->texts);
  EXPECT_EQ(again->texts, sealed->texts + 4) << "those of c-3 were written with b";
  expect_all_there(b_);
  expect_refused(a_, "the key b, which is not given");
  EXPECT_FALSE(store::rekey_store(specification_, nullptr));
}

TEST_P(SealedStore, ExportsInTheClearAndImportsSealed) {
  fill(a_);
  std::ostringstream lines;
  ASSERT_TRUE(store::export_store(specification_, lines, a_));
  EXPECT_NE(lines.str().find("request " + marker_), std::string::npos);
  std::ostringstream refused;
  EXPECT_FALSE(store::export_store(specification_, refused));

  specification_ = "sqlite:" + folder_.file("other.db");
  std::istringstream in(lines.str());
  const auto imported = store::import_store(specification_, in, b_);
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(support::read_file(folder_.file("other.db")).find(marker_), std::string::npos);
  expect_all_there(b_);
  EXPECT_EQ(store::rekey_store(specification_, b_)->sealed, 0) << "the import sealed all of it";
  std::ostringstream again;
  ASSERT_TRUE(store::export_store(specification_, again, b_));
  EXPECT_TRUE(again.str() == lines.str());
}

INSTANTIATE_TEST_SUITE_P(Backends, SealedStore, testing::Values(support::kSqlite, support::kPostgres),
                         [](const auto& backend) { return std::string(backend.param.name); });

// An adapter writes and reads meanwhile, with the new key first.
TEST(SealedPostgres, IsRekeyedWhileItServes) {
  const auto specification = support::postgres_specification();
  if (!specification) GTEST_SKIP() << "PostgreSQL is not installed here";
  const SharedKeys b_and_a = keys("b " + kOtherHex + "\na " + kHex);
  constexpr int kCases = 100;
  {
    auto before = store::open_store(*specification, keys("a " + kHex));
    for (int i = 0; i < kCases; ++i) ASSERT_TRUE((*before)->commit(support::submission("c-" + std::to_string(i))));
  }
  auto serving = store::open_store(*specification, b_and_a);
  ASSERT_TRUE(serving) << serving.error().message;
  std::thread adapter([&] {
    for (int i = 0; i < kCases; ++i) {
      const std::string id = "c-" + std::to_string(i);
      store::Revision revision;
      revision.case_id = id;
      revision.expected_revision = 1;
      revision.items = (*(*serving)->find_case(id))->items;
      revision.response = "revised " + id;
      revision.decisions = {{1, "again"}};
      const auto revised = (*serving)->revise(revision);
      EXPECT_TRUE(revised) << revised.error().message;
    }
  });
  const auto done = store::rekey_store(*specification, b_and_a);
  adapter.join();
  ASSERT_TRUE(done) << done.error().message;
  serving->reset();
  const auto after = store::open_store(*specification, keys("b " + kOtherHex));
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(*(*after)->verify(), std::vector<std::string>());
  for (int i = 0; i < kCases; ++i) {
    const std::string id = "c-" + std::to_string(i);
    EXPECT_EQ(*(*after)->find_body(id, store::Body::kResponse), "revised " + id);
    EXPECT_EQ((*(*after)->find_case(id))->items.size(), 2U);
  }
}

class SealedFile : public testing::Test {
 protected:
  // Everything that the folder holds: the database, its log.
  std::string bytes() const {
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.file(""))) {
      all += support::read_file(entry.path().string());
    }
    return all;
  }
  // Bodies that zstd leaves as they are, so that a search finds what is not sealed.
  store::Submission submission(const std::string& id) const {
    auto made = support::submission(id);
    made.bodies.request = "short " + marker_;
    made.bodies.response = "short " + marker_;
    made.record.request_sha256.clear();
    made.record.items[0].state = marker_;
    return made;
  }
  void run(const std::string& sql) {
    auto connection = store::SqliteConnection::open(file_, store::SqliteConnection::Mode::kWrite);
    ASSERT_TRUE(connection && (*connection)->execute(sql.c_str())) << sql;
  }

  support::TemporaryFolder folder_;
  const std::string file_ = folder_.file("store.db");
  const std::string marker_ = "Zarathustra-Q7";
  const SharedKeys a_ = keys("a " + kHex);
};

TEST_F(SealedFile, HoldsNoMarkerWhileItIsOpenNorAfterwards) {
  {
    auto plain = store::open_store("sqlite:" + file_);
    ASSERT_TRUE((*plain)->commit(submission("c-1")));
    EXPECT_NE(bytes().find(marker_), std::string::npos) << "the search finds what is there";
  }
  ASSERT_TRUE(store::rekey_store("sqlite:" + file_, a_));
  EXPECT_EQ(bytes().find(marker_), std::string::npos) << "what was there before the keys";
  auto sealed = store::open_store("sqlite:" + file_, a_);
  ASSERT_TRUE((*sealed)->commit(submission("c-2")));
  EXPECT_EQ(bytes().find(marker_), std::string::npos);
  EXPECT_NE(bytes().find("M-1"), std::string::npos) << "identifiers stay readable (docs/stores.md)";
  EXPECT_EQ(*(*sealed)->find_body("c-1", store::Body::kRequest), "short " + marker_);
}

// By a text that is damaged, and mended.
TEST_F(SealedFile, ARekeyThatWasBrokenOffGoesOn) {
  constexpr int kCases = 20;
  const SharedKeys b_and_a = keys("b " + kOtherHex + "\na " + kHex);
  {
    auto opened = store::open_store("sqlite:" + file_, a_);
    for (int i = 0; i < kCases; ++i) ASSERT_TRUE((*opened)->commit(submission("c-" + std::to_string(i))));
  }
  run("CREATE TABLE kept AS SELECT state FROM items WHERE case_seq = 1 AND place = 0;"
      "UPDATE items SET state = substr(state, 1, 20) WHERE case_seq = 1 AND place = 0");
  EXPECT_EQ(store::rekey_store("sqlite:" + file_, b_and_a).error().message, "a text of the table items is damaged");
  run("UPDATE items SET state = (SELECT state FROM kept) WHERE case_seq = 1 AND place = 0; DROP TABLE kept");
  auto between = store::open_store("sqlite:" + file_, b_and_a);
  EXPECT_EQ(*(*between)->verify(), std::vector<std::string>()) << "some of it by either key";
  between->reset();
  const auto done = store::rekey_store("sqlite:" + file_, b_and_a);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->texts, 4 * kCases);
  EXPECT_EQ(done->sealed, kCases) << "the items; the three bodies of each case were done";
  EXPECT_TRUE(store::open_store("sqlite:" + file_, keys("b " + kOtherHex)));
}

TEST_F(SealedFile, SwappedAndTamperedRowsAreFaults) {
  {
    auto opened = store::open_store("sqlite:" + file_, a_);
    for (const char* id : {"c-1", "c-2", "c-3"}) ASSERT_TRUE((*opened)->commit(submission(id)));
  }
  run("CREATE TABLE kept AS SELECT case_seq, request FROM bodies;"
      "UPDATE bodies SET request = (SELECT request FROM kept WHERE kept.case_seq = 3 - bodies.case_seq)"
      " WHERE case_seq < 3; DROP TABLE kept;"
      "UPDATE items SET state = CAST(substr(CAST(state AS BLOB), 1, length(CAST(state AS BLOB)) - 1) || x'00' AS TEXT)"
      " WHERE case_seq = 3 AND place = 0");
  auto opened = store::open_store("sqlite:" + file_, a_);
  for (const char* id : {"c-1", "c-2"}) {
    const auto body = (*opened)->find_body(id, store::Body::kRequest);
    ASSERT_FALSE(body) << id;
    EXPECT_EQ(body.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(body.error().message, std::string("case ") + id + ": its stored body is damaged");
    EXPECT_EQ(*(*opened)->find_body(id, store::Body::kResponse), "short " + marker_) << "the other is where it belongs";
  }
  EXPECT_EQ((*opened)->find_case("c-3").error().message, "case c-3: its stored item is damaged");
  EXPECT_EQ(store::rekey_store("sqlite:" + file_, keys("b " + kOtherHex + "\na " + kHex)).error().code,
            ErrorCode::kConflict)
      << "the store is open";
  opened->reset();
  const auto refused = store::rekey_store("sqlite:" + file_, keys("b " + kOtherHex + "\na " + kHex));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "a text of the table bodies is damaged");
}

}  // namespace
}  // namespace pas
