// kill -9 at random moments of a stream of commits: what was acknowledged is there, once, and numbers never repeat.

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "tests/adapter/store/child.h"
#include "tests/adapter/store/samples.h"

namespace pas {
namespace {

constexpr int kRounds = 20;

// The lines that the child got out before it was killed.
std::map<std::string, std::string> run_and_kill(const std::string& file, int round, std::chrono::milliseconds after) {
  support::Child child({"stream", file, "r" + std::to_string(round)});
  std::string output = child.read();  // it runs
  std::this_thread::sleep_for(after);
  child.kill();
  while (true) {
    const std::string more = child.read();
    if (more.empty()) break;
    output += more;
  }
  const int status = child.wait();
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "the child ended by itself: " << status;
  std::map<std::string, std::string> acknowledged;
  std::istringstream lines(output);
  for (std::string id, number; lines >> id >> number;) acknowledged[id] = number;
  return acknowledged;
}

void check_whole(const store::Store& store, const store::Case& record) {
  const auto expected = support::submission(record.id);
  EXPECT_EQ(*store.find_body(record.id, store::Body::kRequest), expected.bodies.request);
  EXPECT_EQ(*store.find_body(record.id, store::Body::kResponse), expected.bodies.response);
  EXPECT_EQ(*store.decision_record(record.id, 1), expected.decisions[0].json);
  EXPECT_EQ(*store.decision_record(record.id, 2), expected.decisions[1].json);
  EXPECT_EQ(record.items.size(), 2U);
}

TEST(StoreCrash, KillNineLosesAndDoublesNothing) {
  support::TemporaryFolder folder;
  const std::string file = folder.file("store.db");
  std::mt19937 random(20260308);
  std::map<std::string, std::string> acknowledged;
  for (int round = 0; round < kRounds; ++round) {
    for (auto& [id, number] : run_and_kill(file, round, std::chrono::milliseconds(random() % 100))) {
      EXPECT_TRUE(acknowledged.emplace(id, number).second) << id << " was acknowledged twice";
    }
  }
  ASSERT_FALSE(acknowledged.empty());

  auto opened = store::open_store("sqlite:" + file);
  ASSERT_TRUE(opened) << opened.error().message;
  const store::Store& store = **opened;
  std::set<std::string> ids;
  std::set<std::string> numbers;
  std::optional<std::int64_t> before;
  do {
    const auto page = store.list_cases({}, before, store::kMaxCases);
    ASSERT_TRUE(page);
    for (const store::Case& record : page->cases) {
      EXPECT_TRUE(ids.insert(record.id).second) << record.id << " is there twice";
      EXPECT_TRUE(numbers.insert(record.items.at(0).authorization_number).second) << "number given twice";
      check_whole(store, record);
      const auto known = acknowledged.find(record.id);
      if (known != acknowledged.end()) {
        EXPECT_EQ(record.items[0].authorization_number, known->second);
      }
    }
    before = page->continue_before;
  } while (before);
  for (const auto& [id, number] : acknowledged) EXPECT_TRUE(ids.contains(id)) << id << " was lost";
  EXPECT_EQ(*store.verify(), std::vector<std::string>());
  const auto next = (*opened)->reserve_numbers(store::Sequence::kAuthorization, 1);
  EXPECT_FALSE(numbers.contains(std::to_string(next->first)));
  RecordProperty("acknowledged", static_cast<int>(acknowledged.size()));
}

}  // namespace
}  // namespace pas
