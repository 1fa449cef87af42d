// tests/cases/routing/split.json: `sample`, with `patch`, is a request with two focal insurances, and each case changes
// it further. Of its parts: the items, which entries of the whole they have, and texts that they must be without.

#include "mappings/routing/split.h"

#include <gtest/gtest.h>

#include "tests/mappings/pas/cases.h"
#include "tests/support/files.h"

namespace pas {
namespace {

routing::Part part_of(json::Node row, std::size_t number, const pas::Request& request) {
  routing::Part part{request.focal.at(number), std::to_string(number), {}};
  for (const json::Node sequence : row["items"]) {
    for (const pas::Item& item : request.items) {
      if (std::to_string(item.sequence) == sequence.text()) part.items.push_back(&item);
    }
  }
  return part;
}

// By their index in the whole, as JSON.
std::string entries_of(const json::BundleIndex& part, const json::BundleIndex& whole) {
  std::string text;
  for (std::size_t i = 0; i < whole.entries().size(); ++i) {
    for (const json::Entry& entry : part.entries()) {
      if (entry.full_url == whole.entries()[i].full_url) text += (text.empty() ? "[" : ",") + std::to_string(i);
    }
  }
  return text + "]";
}

TEST(Split, APartHoldsWhatItsPayerNeedsAlone) {
  const auto cases = cases::parse(support::read_file(support::repo_path("tests/cases/routing/split.json")));
  ASSERT_GT(cases.root()["cases"].size(), 0U);
  const std::string common = cases::text_of(cases.root());
  for (const json::Node each : cases.root()["cases"]) {
    SCOPED_TRACE(std::string(each["name"].text()));
    const auto whole = cases::body_of(cases::changed(common, each["patch"]));
    const auto [request, report] = pas::read_request(whole->index);
    ASSERT_FALSE(report.has_errors()) << report.issues().front().message;
    ASSERT_EQ(request.focal.size(), each["parts"].size());
    std::size_t number = 0;
    for (const json::Node row : each["parts"]) {
      const std::string text = routing::request_of(part_of(row, number++, request), request);
      const auto part = cases::body_of(text);
      EXPECT_FALSE(pas::read_request(part->index).report.has_errors()) << text;
      EXPECT_EQ(entries_of(part->index, whole->index), row["entries"].to_json()) << "part " << number;
      for (const json::Node unwanted : row["without"]) {
        EXPECT_EQ(text.find(unwanted.text()), std::string::npos) << "part " << number << ": " << unwanted.text();
      }
    }
  }
}

}  // namespace
}  // namespace pas
