// A chain tells where it was touched.

#include "adapter/audit/chain.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "adapter/audit/event.h"
#include "fhir/base/clock.h"
#include "fhir/base/digest.h"
#include "tests/adapter/store/samples.h"

namespace pas {
namespace {

using Lines = std::vector<std::string>;

Lines chain_of(int count) {
  Lines lines;
  std::string last(audit::kNoLine);
  for (int i = 0; i < count; ++i) {
    const std::string what = "event " + std::to_string(i);
    lines.push_back(audit::to_json({.what = what}, base::from_ms(support::kNoonMs + i), last));
    last = base::sha256_hex(lines.back());
  }
  return lines;
}

class AuditChain : public testing::Test {
 protected:
  std::string write(const Lines& lines, const std::string& name = "audit.ndjson", const std::string& more = "") const {
    std::ofstream out(folder_.file(name), std::ios::binary);
    for (const std::string& line : lines) out << line << "\n";
    out << more;
    return folder_.file(name);
  }
  // Behind the file's name.
  std::string fault(const Lines& lines, const audit::VerifyOptions& options = {}, const std::string& more = "") const {
    const std::string file = write(lines, "audit.ndjson", more);
    const auto verified = audit::verify({file}, options);
    EXPECT_TRUE(verified);
    return verified->fault.empty() ? "" : verified->fault.substr(file.size() + 1);
  }
  static void expect_begins(const std::string& fault, const std::string& with) {
    EXPECT_TRUE(fault.starts_with(with)) << fault;
  }

  const support::TemporaryFolder folder_;
  const Lines whole_ = chain_of(5);
};

TEST_F(AuditChain, IsSound) {
  const auto verified = audit::verify({write(whole_)}, {.anchors = {base::sha256_hex(whole_[2])}});
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->fault, "");
  EXPECT_EQ(verified->events, 5);
  EXPECT_EQ(verified->last, base::sha256_hex(whole_[4]));
  EXPECT_EQ(fault({}), "");
  EXPECT_FALSE(audit::verify({folder_.file("none")}, {}));
}

TEST_F(AuditChain, TellsTheFirstBrokenLink) {
  Lines edited = whole_;
  edited[2].replace(edited[2].find("event 2"), 7, "event x");
  expect_begins(fault(edited), "4: it does not follow");

  Lines deleted = whole_;
  deleted.erase(deleted.begin() + 2);
  expect_begins(fault(deleted), "3: it does not follow");

  Lines reordered = whole_;
  std::swap(reordered[1], reordered[2]);
  expect_begins(fault(reordered), "2: it does not follow");

  Lines inserted = whole_;
  inserted.insert(inserted.begin() + 1, whole_[1]);
  expect_begins(fault(inserted), "3: it does not follow");

  Lines foreign = whole_;
  foreign[3] = "{}";
  expect_begins(fault(foreign), "4: no line of an audit file");

  expect_begins(fault(Lines(whole_.begin() + 1, whole_.end())), "1: something came before");
  expect_begins(fault(whole_, {}, whole_[4].substr(0, 100)), "6: the file ends within this line");
}

TEST_F(AuditChain, AnAnchorShowsACutAndAChangedEnd) {
  audit::VerifyOptions anchored;
  anchored.anchors = {base::sha256_hex(whole_[4])};
  EXPECT_EQ(fault(whole_, anchored), "");
  const Lines cut(whole_.begin(), whole_.begin() + 3);
  EXPECT_EQ(fault(cut), "") << "the chain alone cannot show it";
  expect_begins(fault(cut, anchored), " no line has the hash");
  Lines edited = whole_;
  edited[4].replace(edited[4].find("event 4"), 7, "event x");
  expect_begins(fault(edited, anchored), " no line has the hash");
}

TEST_F(AuditChain, GoesOverFiles) {
  const std::string first = write(Lines(whole_.begin(), whole_.begin() + 2), "a.000001");
  const std::string second = write(Lines(whole_.begin() + 2, whole_.end()), "a");
  EXPECT_EQ(audit::verify({first, second}, {})->fault, "");
  EXPECT_EQ(audit::verify({first, second}, {})->events, 5);
  expect_begins(audit::verify({second, first}, {})->fault, second + ":1: something came before");
  EXPECT_EQ(audit::verify({second}, {.from = base::sha256_hex(whole_[1])})->fault, "");
}

}  // namespace
}  // namespace pas
