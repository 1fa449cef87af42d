// Export and import: what one store wrote comes out of another as the same lines.

#include "adapter/store/archive.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "adapter/store/sqlite_connection.h"
#include "tests/adapter/store/postgres_server.h"
#include "tests/adapter/store/samples.h"

namespace pas {
namespace {

using base::ErrorCode;
using support::submission;

std::string exported(const std::string& specification) {
  std::ostringstream out;
  const auto rows = store::export_store(specification, out);
  EXPECT_TRUE(rows) << rows.error().message;
  return out.str();
}

void import(const std::string& specification, const std::string& lines) {
  std::istringstream in(lines);
  const auto rows = store::import_store(specification, in);
  EXPECT_TRUE(rows) << rows.error().message;
}

// Of everything something: an update, a revision with a supplement, bytes that are no text, a subscription with events,
// messages that wait, are leased and have failed.
void fill(const std::string& specification) {
  auto opened = store::open_store(specification);
  ASSERT_TRUE(opened) << opened.error().message;
  store::Store& store = **opened;
  store::Subscription subscription;
  subscription.id = "s-1";
  subscription.organizations = {"1234567893"};
  subscription.json = "{}";
  ASSERT_TRUE(store.put_subscription(subscription, {{0, "", "handshake", "1", 5, "s-1"}}));
  auto first = submission("c-1");
  first.bodies.request = support::noise(3000, 1);
  first.bodies.whole = "the whole of it";
  first.record.whole_id = "w-1";
  first.record.request_sha256.clear();
  first.record.client = std::string("nul\0\xFF", 5);
  first.events = {{"s-1", "focus 1"}};
  first.origin = {"r-1", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"};
  first.exchange = store::Exchange{.payer = "p", .type = "initial", .requested_ms = 5, .detail = "{}"};
  ASSERT_TRUE(store.commit(first));
  ASSERT_TRUE(store.note_exchanges({{.type = "query", .requested_ms = 6, .http_status = 400}}));
  auto update = submission("c-2");
  update.record.kind = store::Kind::kUpdate;
  update.record.prior_id = "c-1";
  ASSERT_TRUE(store.commit(update));
  store::Revision revision;
  revision.case_id = "c-2";
  revision.expected_revision = 1;
  revision.items = update.record.items;
  revision.items[1].action = "A1";
  revision.decisions = {{2, "approved"}};
  revision.supplements = {{"x", 7, "a letter"}};
  revision.events = {{"s-1", "focus 2"}};
  revision.actor = "nurse";
  ASSERT_TRUE(store.revise(revision));
  ASSERT_TRUE(store.reserve_numbers(store::Sequence::kAuthorization, 5));
  ASSERT_TRUE(store.enqueue({{0, "", "k", "of no case", 1}}));
  const auto taken = store.take_messages(1, 1000, 1);
  ASSERT_EQ(taken->size(), 1U);
  store::Settlement failed;
  failed.outcome = store::Outcome::kFailed;
  failed.attempt = 1;
  failed.result = "gone";
  ASSERT_TRUE(store.settle(taken->front().id, failed));
}

class Archive : public testing::Test {
 protected:
  std::string sqlite(const std::string& name) const { return "sqlite:" + folder_.file(name); }
  support::TemporaryFolder folder_;
};

TEST_F(Archive, SqliteAndBack) {
  fill(sqlite("a.db"));
  const std::string lines = exported(sqlite("a.db"));
  import(sqlite("b.db"), lines);
  EXPECT_TRUE(exported(sqlite("b.db")) == lines);
  auto store = store::open_store(sqlite("b.db"));
  ASSERT_TRUE(store);
  EXPECT_EQ(*(*store)->verify(), std::vector<std::string>());
}

TEST_F(Archive, FromEachDatabaseToTheOther) {
  const auto one = support::postgres_specification();
  if (!one) GTEST_SKIP() << "PostgreSQL is not installed here";
  fill(*one);
  const std::string lines = exported(*one);
  import(sqlite("a.db"), lines);
  EXPECT_TRUE(exported(sqlite("a.db")) == lines);
  const auto two = support::postgres_specification();
  import(*two, exported(sqlite("a.db")));
  EXPECT_TRUE(exported(*two) == lines);

  auto store = store::open_store(*two);
  ASSERT_TRUE(store);
  EXPECT_EQ(*(*store)->verify(), std::vector<std::string>());
  EXPECT_EQ((*store)->find_by_number("REF-c-2", 5)->size(), 1U) << "a number of an earlier revision";
  EXPECT_EQ(*(*store)->find_body("c-1", store::Body::kRequest), support::noise(3000, 1));
  ASSERT_TRUE((*store)->commit(submission("c-3")));
  EXPECT_GT((*(*store)->find_case("c-3"))->order, (*(*store)->find_case("c-2"))->order);
  EXPECT_GT((*store)->reserve_numbers(store::Sequence::kAuthorization, 1)->first, 5);
  EXPECT_EQ(*(*store)->verify(), std::vector<std::string>());
}

// As docs/stores.md has it, while the store is in use.
TEST_F(Archive, ABackupOfSqliteHoldsTheSame) {
  fill(sqlite("a.db"));
  {
    const auto in_use = store::open_store(sqlite("a.db"));
    auto copier = store::SqliteConnection::open(folder_.file("a.db"), store::SqliteConnection::Mode::kRead);
    ASSERT_TRUE(copier);
    const auto copied = (*copier)->execute(("VACUUM INTO '" + folder_.file("copy.db") + "'").c_str());
    ASSERT_TRUE(copied) << copied.error().message;
  }
  EXPECT_TRUE(exported(sqlite("copy.db")) == exported(sqlite("a.db")));
}

TEST_F(Archive, ABackupOfPostgresHoldsTheSame) {
  const auto specification = support::postgres_specification();
  if (!specification) GTEST_SKIP() << "PostgreSQL is not installed here";
  fill(*specification);
  const auto in_use = store::open_store(*specification);
  // "postgres:host=FOLDER user=postgres dbname=postgres options=-csearch_path=SCHEMA"
  const std::string host = specification->substr(14, specification->find(' ') - 14);
  const std::string schema = specification->substr(specification->rfind('=') + 1);
  const std::string programs = "/usr/lib/postgresql/15/bin/";
  const std::string server = " -h " + host + " -U postgres ";
  const std::string database = "restored_" + schema;
  const std::string dump = folder_.file("pas.dump");
  ASSERT_EQ(std::system((programs + "pg_dump" + server + "-n " + schema + " -Fc -f " + dump + " postgres").c_str()), 0);
  ASSERT_EQ(std::system((programs + "createdb" + server + database).c_str()), 0);
  ASSERT_EQ(std::system((programs + "pg_restore" + server + "-d " + database + " " + dump).c_str()), 0);
  const std::string restored =
      "postgres:host=" + host + " user=postgres dbname=" + database + " options=-csearch_path=" + schema;
  EXPECT_TRUE(exported(restored) == exported(*specification));
}

// They had Claim and ClaimResponse as texts of their own, and messages without the request that they follow from.
TEST_F(Archive, OlderExportsAreRead) {
  fill(sqlite("a.db"));
  const std::string lines = exported(sqlite("a.db"));
  const std::string bodies = "{\"bodies\":{";
  std::string older = lines;
  for (std::size_t at = 0; (at = older.find(bodies, at)) != std::string::npos; at += bodies.size()) {
    older.insert(at + bodies.size(), R"("claim":"{}","claim_response":"{}",)");
  }
  ASSERT_NE(older, lines);
  const std::string origin = R"(,"request_id":"","traceparent":"")";
  for (std::size_t at = 0; (at = older.find(origin)) != std::string::npos;) older.erase(at, origin.size());
  import(sqlite("b.db"), older);
  EXPECT_TRUE(exported(sqlite("b.db")) == lines);
}

struct WrongLines {
  const char* lines;
  const char* message;
};

TEST_F(Archive, WhatIsWrongIsRefusedAndLeavesNothing) {
  constexpr WrongLines kWrong[] = {
      {"", "line 1: the end is missing"},
      {"{\"store\":1}", "line 1: not an export of version 2"},
      {"{\"store\":2}\nnot json", "line 2: not an object with one member"},
      {"{\"store\":2}\n{\"songs\":{}}", "line 2: no such table"},
      {"{\"store\":2}\n{\"case_keys\":{\"client\":1}}", "line 2: case_keys.client is missing or wrong"},
      {"{\"store\":2}\n{\"numbers\":{\"sequence\":\"authorization\",\"next\":9}}\n{\"end\":2}",
       "line 3: rows are missing: there were 1"},
      {"{\"store\":2}\n{\"numbers\":{\"sequence\":\"authorization\",\"next\":9}}", "line 3: the end is missing"},
  };
  for (const WrongLines& wrong : kWrong) {
    std::istringstream in(wrong.lines);
    const auto refused = store::import_store(sqlite("a.db"), in);
    ASSERT_FALSE(refused) << wrong.lines;
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(refused.error().message, wrong.message);
  }
  EXPECT_EQ((*store::open_store(sqlite("a.db")))->reserve_numbers(store::Sequence::kAuthorization, 1)->first, 1);
}

TEST_F(Archive, ALineOverTheLimitIsRefused) {
  fill(sqlite("a.db"));
  const std::string lines = exported(sqlite("a.db"));
  std::size_t longest = 0;
  std::istringstream all(lines);
  for (std::string line; std::getline(all, line);) longest = std::max(longest, line.size());
  std::istringstream in(lines);
  const auto refused = store::import_store(sqlite("b.db"), in, {}, longest - 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
  EXPECT_NE(refused.error().message.find("longer than the limit"), std::string::npos) << refused.error().message;
  std::istringstream again(lines);
  EXPECT_TRUE(store::import_store(sqlite("b.db"), again, {}, longest));
}

TEST_F(Archive, OnlyAnEmptyStoreIsFilled) {
  fill(sqlite("a.db"));
  std::istringstream in(exported(sqlite("a.db")));
  const auto refused = store::import_store(sqlite("a.db"), in);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
}

}  // namespace
}  // namespace pas
