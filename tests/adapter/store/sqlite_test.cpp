// What the SQLite store does beyond the contract: one process at a time, old and foreign files, restarts, its log.

#include "adapter/store/sqlite.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "adapter/store/sqlite_connection.h"
#include "tests/adapter/store/samples.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using base::ErrorCode;
using store::SqliteConnection;
using support::submission;

class SqliteStoreTest : public testing::Test {
 protected:
  std::unique_ptr<store::Store> open() { return open(options()); }
  static std::unique_ptr<store::Store> open(const store::SqliteOptions& options) {
    auto opened = store::open_sqlite(options);
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? std::move(*opened) : nullptr;
  }
  store::SqliteOptions options() const {
    store::SqliteOptions options;
    options.file = file_;
    return options;
  }
  void expect_not_opened(ErrorCode code, const std::string& in_message) const {
    const auto opened = store::open_sqlite(options());
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, code);
    EXPECT_NE(opened.error().message.find(in_message), std::string::npos) << opened.error().message;
    EXPECT_NE(opened.error().message.find(file_), std::string::npos) << opened.error().message;
  }
  // Runs SQL on the file, as another tool could.
  void tamper(const char* script) const {
    auto connection = SqliteConnection::open(file_, SqliteConnection::Mode::kWrite);
    ASSERT_TRUE(connection);
    const auto ran = (*connection)->execute(script);
    ASSERT_TRUE(ran) << ran.error().message;
  }

  support::TemporaryFolder folder_;
  const std::string file_ = folder_.file("store.db");
};

TEST_F(SqliteStoreTest, OtherValuesDoNotPrepareAStatementAgain) {
  open();
  tamper("CREATE TABLE keys (kind TEXT, value TEXT); CREATE INDEX numbers ON keys (value) WHERE kind = 'number'");
  const auto connection = *SqliteConnection::open(file_, SqliteConnection::Mode::kRead);
  for (const std::string_view kind : {"number", "member", "number"}) {
    store::SqliteQuery row(*connection, "SELECT 1 FROM keys WHERE kind = ? AND value = ?", kind, kind);
    EXPECT_FALSE(row.next());
    ASSERT_TRUE(row.finish());
  }
  sqlite3_stmt* last = nullptr;
  while (sqlite3_stmt* next = sqlite3_next_stmt(connection->handle(), last)) {
    EXPECT_EQ(sqlite3_stmt_status(next, SQLITE_STMTSTATUS_REPREPARE, 0), 0) << sqlite3_sql(next);
    last = next;
  }
  EXPECT_NE(last, nullptr);
}

TEST_F(SqliteStoreTest, EverythingIsThereAfterARestart) {
  auto first = open();
  ASSERT_TRUE(first->commit(submission("c-1")));
  auto update = submission("c-2");
  update.record.prior_id = "c-1";
  ASSERT_TRUE(first->commit(update));
  const auto number = first->reserve_numbers(store::Sequence::kAuthorization, 5);
  const auto last = *first->find_case("c-2");
  first.reset();

  auto second = open();
  EXPECT_EQ(*second->find_case("c-2"), last);
  EXPECT_EQ((*second->find_case("c-1"))->replaced_by, "c-2");
  EXPECT_EQ(*second->find_body("c-1", store::Body::kResponse), submission("c-1").bodies.response);
  EXPECT_EQ(*second->months_authorized({"payer", "M-1", "E0781", ""}), 3);
  EXPECT_EQ(second->take_messages(support::kNoonMs, support::kNoonMs + 1, 10)->size(), 2U);
  EXPECT_GE(second->reserve_numbers(store::Sequence::kAuthorization, 1)->first, number->first + number->count);
  EXPECT_EQ(*second->verify(), std::vector<std::string>());
  ASSERT_TRUE(second->commit(submission("c-3")));
  EXPECT_GT((*second->find_case("c-3"))->order, last->order);
}

TEST_F(SqliteStoreTest, ASecondOpeningIsRefusedUntilTheFirstCloses) {
  auto first = open();
  expect_not_opened(ErrorCode::kConflict, "in use by another running adapter");
  ASSERT_TRUE(first->commit(submission("c-1")));
  std::filesystem::create_symlink(file_, folder_.file("other-name.db"));
  auto alias = options();
  alias.file = folder_.file("other-name.db");
  EXPECT_FALSE(store::open_sqlite(alias));
  first.reset();
  EXPECT_NE(*open()->find_case("c-1"), std::nullopt);
}

TEST_F(SqliteStoreTest, OnlyTheOwnerMayReadTheFile) {
  auto store = open();
  ASSERT_TRUE(store->commit(submission("c-1")));
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat status {};
    ASSERT_EQ(::stat((file_ + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << suffix;
  }
}

TEST_F(SqliteStoreTest, RefusesWhatItCannotOpen) {
  std::ofstream(file_) << "this is a text, long enough to be read as a header of something else altogether, "
                          "so that nobody takes it for an empty database file";
  const std::string before = support::read_file(file_);
  expect_not_opened(ErrorCode::kInvalid, "not a database");
  EXPECT_EQ(support::read_file(file_), before);
  auto nowhere = options();
  nowhere.file = folder_.file("no/such/folder/store.db");
  const auto opened = store::open_sqlite(nowhere);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(opened.error().message.find("No such file"), std::string::npos) << opened.error().message;
}

TEST_F(SqliteStoreTest, RefusesAnotherProgramsDatabase) {
  std::ofstream(file_).close();
  tamper("CREATE TABLE songs (title TEXT)");
  const std::string before = support::read_file(file_);
  expect_not_opened(ErrorCode::kInvalid, "not a store of this adapter");
  EXPECT_EQ(support::read_file(file_), before);
}

TEST_F(SqliteStoreTest, RefusesANewerSchema) {
  open().reset();
  tamper("PRAGMA user_version=1000");
  expect_not_opened(ErrorCode::kUnsupported, "1000");
}

TEST_F(SqliteStoreTest, SpecificationsNameABackend) {
  EXPECT_TRUE(store::open_store("memory"));
  EXPECT_TRUE(store::open_store("sqlite:" + file_));
  for (const char* other : {"", "sqlite:", "sqlite", "postgres:", "postgres", "Memory"}) {
    const auto opened = store::open_store(other);
    ASSERT_FALSE(opened) << other;
    EXPECT_EQ(opened.error().code, ErrorCode::kUnsupported);
  }
}

TEST_F(SqliteStoreTest, TheLogIsEmptiedWhenWritesPause) {
  auto options = this->options();
  options.checkpoint_interval = std::chrono::milliseconds(1);
  auto store = open(options);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(store->commit(submission("c-" + std::to_string(i))));
  while (store->health().log_bytes != 0) std::this_thread::yield();
  EXPECT_EQ(std::filesystem::file_size(file_ + "-wal"), 0U);
}

TEST_F(SqliteStoreTest, TheLogIsEmptiedUnderConstantWritesWhenItIsTooLong) {
  auto options = this->options();
  options.checkpoint_interval = std::chrono::milliseconds(50);
  options.log_limit_bytes = 1U << 18U;
  auto store = open(options);
  auto sent = submission("c");
  sent.bodies.response = support::noise(50'000, 1);
  bool long_seen = false;
  for (int i = 0;; ++i) {
    sent.record.id = "c-" + std::to_string(i);
    ASSERT_TRUE(store->commit(sent));
    const std::uint64_t log_bytes = store->health().log_bytes;
    if (long_seen && log_bytes <= options.log_limit_bytes) break;
    long_seen = long_seen || log_bytes > options.log_limit_bytes;
    ASSERT_LT(i, 5000) << "the log only grows";
  }
}

TEST_F(SqliteStoreTest, LeasesEndWithTheProcess) {
  auto first = open();
  ASSERT_TRUE(first->enqueue({{0, "", "k", "a", 100, "s"}, {0, "", "k", "b", 100, "s"}}));
  const auto taken = first->take_messages(100, 1'000'000, 10);
  ASSERT_EQ(taken->size(), 1U);
  first.reset();
  auto second = open();
  const auto again = second->take_messages(100, 1'000'000, 10);
  ASSERT_EQ(again->size(), 1U);
  EXPECT_EQ(again->front().payload, "a");
  EXPECT_EQ(again->front().attempts, 2);
}

// tests/cases/store/schema-1.sql is what the first version wrote.
TEST_F(SqliteStoreTest, BringsAnOlderFileUpToDate) {
  std::ofstream(file_).close();
  tamper(support::read_file(support::repo_path("tests/cases/store/schema-1.sql")).c_str());
  auto store = open();
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(*store->verify(), std::vector<std::string>());
  const auto updated = **store->find_case("c-2");
  EXPECT_EQ(updated.revision, 1);
  EXPECT_EQ(updated.due_ms, 0);
  EXPECT_EQ(updated.prior_id, "c-1");
  EXPECT_EQ(store->history("c-2")->size(), 1U);
  EXPECT_EQ(store->find_by_number("A0000000001", 10)->size(), 1U);
  EXPECT_EQ(store->find_by_number("T-1", 10)->size(), 2U);
  EXPECT_EQ(store->find_by_number("R0000000001", 10)->front().id, "c-1");
  const std::string any(store::kAnySystem);
  EXPECT_EQ(store->find_by_claim_identifier("clinic", {any, "c-1"}, 10)->size(), 1U);
  EXPECT_EQ(store->find_by_patient_identifier("clinic", {any, "P-1"}, 10)->size(), 1U);
  EXPECT_EQ(store->reserve_numbers(store::Sequence::kAuthorization, 1)->first, 1001);

  const auto messages = store->take_messages(100, 200, 10);
  ASSERT_EQ(messages->size(), 2U);
  EXPECT_EQ(messages->front(), (store::OutboxMessage{7, "c-2", "second", "b", 200, "", 1}));
  EXPECT_EQ(messages->back(), (store::OutboxMessage{1, "c-1", "first", "a", 200, "", 1}));
  ASSERT_TRUE(store->enqueue({{0, "", "third", "c", 1}}));
  EXPECT_EQ(store->take_messages(100, 200, 10)->front().id, 8) << "ids go on from the last";

  store::Revision revision;
  revision.case_id = "c-2";
  revision.expected_revision = 1;
  revision.items = updated.items;
  ASSERT_TRUE(store->revise(revision));
  store.reset();
  EXPECT_EQ((*open()->find_case("c-2"))->revision, 2);
}

struct Damage {
  const char* script;
  const char* fault;
};

TEST_F(SqliteStoreTest, VerifyNamesEachDamage) {
  constexpr Damage kDamages[] = {
      {"PRAGMA foreign_keys=OFF; DELETE FROM bodies WHERE case_seq = 1", "case c-1: no bodies"},
      {"UPDATE bodies SET response = x'28B52FFD00' WHERE case_seq = 1", "case c-1: a body is damaged"},
      {"UPDATE bodies SET request = response WHERE case_seq = 1", "case c-1: the request does not have its hash"},
      {"UPDATE bodies SET decisions = request WHERE case_seq = 1", "case c-1: its decisions are damaged"},
      {"DELETE FROM case_keys WHERE kind = 'claim-url' AND case_seq = 1", "case c-1: no key claim-url"},
      {"INSERT INTO case_keys VALUES ('clinic', 'claim-url', 'x', 99)", "case 99: a key leads to no case"},
      {"UPDATE cases SET replaced_by = '' WHERE seq = 1; UPDATE months SET months = 6",
       "case c-2: its prior does not name it"},
      {"UPDATE cases SET replaced_by = 'c-9' WHERE seq = 2; DELETE FROM months",
       "case c-2: what replaced it does not name it"},
      {"UPDATE months SET months = 4", "code E0781: the months of a member do not add up"},
      {"DELETE FROM months", "code E0781: the months of a member do not add up"},
      {"INSERT INTO months VALUES ('payer', 'M-2', 'E0779', 1)", "code E0779: months are counted that no case has"},
      {"DELETE FROM sequences WHERE name = 'authorization'", "sequence authorization: missing"},
      {"UPDATE cases SET revision = 2 WHERE seq = 2", "case c-2: its history has gaps"},
      {"PRAGMA foreign_keys=OFF; INSERT INTO outbox (case_seq, kind, payload, due_ms) VALUES (99, 'k', x'', 0)",
       "table outbox: a row refers to nothing"},
  };
  for (const Damage& damage : kDamages) {
    std::filesystem::remove(file_);
    auto store = open();
    ASSERT_TRUE(store->commit(submission("c-1")));
    auto update = submission("c-2");
    update.record.prior_id = "c-1";
    ASSERT_TRUE(store->commit(update));
    EXPECT_EQ(*store->verify(), std::vector<std::string>());
    tamper(damage.script);
    const auto faults = store->verify();
    ASSERT_TRUE(faults) << damage.script << ": " << faults.error().message;
    ASSERT_FALSE(faults->empty()) << damage.script;
    EXPECT_EQ(faults->front(), damage.fault) << damage.script;
  }
}

}  // namespace
}  // namespace pas
