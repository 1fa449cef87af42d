// Refusals as data: tests/cases/policies/broken/*.json, each an edit of tests/cases/policies/small with the message and
// the place that it must be refused with.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "mappings/policy/evaluation.h"
#include "tests/mappings/policy/case_inputs.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using policy::LoadError;
using policy::PolicySet;
using support::PolicyCopy;
using testing::HasSubstr;

std::filesystem::path small() {
  return support::repo_path("tests/cases/policies/small");
}

base::Date day(std::string_view text) {
  return *base::parse_date(text);
}

std::string all_of(const policy::LoadErrors& errors) {
  std::string text;
  for (const LoadError& error : errors) text += to_string(error) + '\n';
  return text;
}

// What stands under the caret.
std::string pointed_at(const LoadError& error, std::size_t length) {
  const std::size_t end = error.caret.find('\n');
  return end == std::string::npos ? "" : error.caret.substr(error.caret.size() - end - 2, length);
}

TEST(BrokenPolicies, AreRefusedWithPlaceAndReason) {
  std::size_t kinds = 0;
  for (const auto& path : support::files_below(support::repo_path("tests/cases/policies/broken"), ".json")) {
    const json::Document document = support::read_json(path);
    for (const json::Node broken : document.root()["cases"]) {
      ++kinds;
      SCOPED_TRACE(path.filename().string() + ": " + std::string(broken["name"].text()));
      const PolicyCopy copy(small());
      const std::string file = broken["file"] ? std::string(broken["file"].text()) : "clinic/policy.json";
      if (broken["content"]) {
        copy.write(file, std::string(broken["content"].text()));
      } else if (broken["remove"]) {
        std::filesystem::remove(copy.directory() / file);
      } else {
        copy.edit(file, std::string(broken["find"].text()), std::string(broken["replace"].text()));
      }
      const auto loaded = PolicySet::load(copy.directory());
      EXPECT_FALSE(loaded) << "it was taken";
      if (loaded) continue;
      const policy::LoadErrors errors = loaded.error();
      const auto found = std::find_if(errors.begin(), errors.end(), [&](const LoadError& error) {
        return error.message.find(broken["message"].text()) != std::string::npos;
      });
      EXPECT_NE(found, errors.end()) << all_of(errors);
      if (found == errors.end()) continue;
      EXPECT_EQ(std::to_string(found->line), broken["line"].text()) << to_string(*found);
      if (broken["at"]) {
        EXPECT_EQ(pointed_at(*found, broken["at"].text().size()), broken["at"].text()) << to_string(*found);
      }
      if (broken["errorFile"]) {
        EXPECT_EQ(found->file, broken["errorFile"].text());
      } else {
        EXPECT_EQ(found->file, file);
      }
      // One mistake is one message, unless the case says that it makes more.
      const std::string count(broken["errors"] ? broken["errors"].text() : "1");
      EXPECT_EQ(std::to_string(errors.size()), count) << all_of(errors);
    }
  }
  EXPECT_GE(kinds, 40U);
}

TEST(PolicySet, NamesEveryMistakeOfALoad) {
  const PolicyCopy copy(small());
  copy.edit("clinic/policy.json", "oxygen.saturation <= 88", "oxygen.saturatoin <= 88");
  copy.edit("clinic/policy.json", "memberOf('lung-disease')", "memberOf('lung-diseases')");
  copy.edit("clinic/policy.json", R"("action": "A1")", R"("action": "A9")");
  const auto loaded = PolicySet::load(copy.directory());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().size(), 3U) << all_of(loaded.error());
}

TEST(PolicySet, ErrorsReadLikeACompilersDo) {
  const PolicyCopy copy(small());
  copy.edit("clinic/policy.json", "oxygen.saturation <= 88", "oxygen.saturatoin <= 88");
  const auto loaded = PolicySet::load(copy.directory());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(to_string(loaded.error().front()),
            "clinic/policy.json:13:23: no input is named \"oxygen.saturatoin\", did you mean \"oxygen.saturation\"?\n"
            "     \"met\": {\"any\": [\"oxygen.saturatoin <= 88\", {\"criterion\": \"SIGNS\"}]}},\n"
            "                      ^");
}

TEST(PolicySet, PointsIntoStringsWithEscapes) {
  const PolicyCopy copy(small());
  copy.edit("clinic/policy.json", "oxygen.saturation <= 88", R"(\"\" = \u0027x\u0027 or oxygen.saturatoin <= 88)");
  const auto loaded = PolicySet::load(copy.directory());
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().front().message, HasSubstr("FHIRPath"));  // a double quote is no FHIRPath string
  EXPECT_EQ(loaded.error().front().line, 13U);
}

TEST(PolicySet, RefusesADirectoryThatIsNotThereOrEmpty) {
  EXPECT_FALSE(PolicySet::load(small() / "nowhere"));
  const PolicyCopy copy(small());
  std::filesystem::remove_all(copy.directory() / "clinic");
  const auto loaded = PolicySet::load(copy.directory());
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().front().message, HasSubstr("no payer's folder"));
}

TEST(PolicySet, HashNamesTheFilesThatDecide) {
  const auto hash = [](const std::filesystem::path& directory) {
    return support::load_policies(directory)->payers().front().policies.front()->hash;
  };
  const PolicyCopy copy(small());
  const std::string before = hash(copy.directory());
  EXPECT_EQ(before.size(), 64U);
  EXPECT_EQ(before, hash(small()));
  for (const char* file : {"policy.json", "inputs.json", "value-sets.json"}) {
    const std::string name = std::string("clinic/") + file;
    const std::string text = copy.read(name);
    copy.write(name, text + ' ');
    EXPECT_NE(hash(copy.directory()), before) << file;
    copy.write(name, text);
  }
  copy.edit("clinic/payer.json", "clinic-1", "clinic-2");
  EXPECT_EQ(hash(copy.directory()), before) << "who the payer is decides nothing";
}

TEST(PolicySet, ChoosesByCodeAndDate) {
  const PolicyCopy copy(small());
  std::string next = copy.read("clinic/policy.json");
  const auto put = [&next](const std::string& find, const std::string& replace) {
    next.replace(next.find(find), find.size(), replace);
  };
  put(R"("revision": "1")", R"("revision": "2")");
  put(R"({"from": "2025-01-01", "to": "2026-12-31"})", R"({"from": "2027-01-01"})");
  copy.write("clinic/policy-2.json", next);
  put(R"("clinic-oxygen")", R"("clinic-beds")");
  put(R"(["OX1", "OX2"])", R"(["BED"])");
  put(R"("otherCodes": true)", R"("otherCodes": false)");
  copy.write("clinic/policy-beds.json", next);
  const auto set = support::load_policies(copy.directory());
  ASSERT_NE(set, nullptr);
  const policy::Payer& payer = set->payers().front();
  const auto chosen = [&payer](std::string_view code, std::string_view date) {
    const policy::Policy* policy = payer.choose(code, day(date));
    return policy->id + ' ' + policy->revision;
  };
  EXPECT_EQ(chosen("OX1", "2025-01-01"), "clinic-oxygen 1");
  EXPECT_EQ(chosen("OX1", "2026-12-31"), "clinic-oxygen 1");
  EXPECT_EQ(chosen("OX1", "2027-01-01"), "clinic-oxygen 2");
  EXPECT_EQ(chosen("OX1", "2024-12-31"), "clinic-oxygen 1") << "the next to come into force";
  EXPECT_EQ(chosen("BED", "2026-01-01"), "clinic-beds 2") << "not in force yet, but it names the code";
  EXPECT_EQ(chosen("XYZ", "2026-01-01"), "clinic-oxygen 1") << "other codes";
  EXPECT_EQ(chosen("", "2027-01-01"), "clinic-oxygen 2") << "no code";
  const auto of_input = [&](const std::string& json) {
    return payer.choose(support::inputs_of(*payer.catalog, json), day("2027-05-01"))->id;
  };
  EXPECT_EQ(of_input(R"({"service.code": "BED"})"), "clinic-beds");
  EXPECT_EQ(of_input(R"({"service.code": null})"), "clinic-oxygen");
  EXPECT_EQ(of_input(R"({"service.code": {"conflict": "BED, OX1"}})"), "clinic-oxygen");
  EXPECT_EQ(set->find_policy("clinic-oxygen", "2"), payer.choose("OX2", day("2027-01-01")));
  EXPECT_EQ(set->find_policy("clinic-oxygen", "3"), nullptr);
}

TEST(PolicySet, RefusesTwoPoliciesForOneCodeAtOneTime) {
  const PolicyCopy copy(small());
  std::string next = copy.read("clinic/policy.json");
  next.replace(next.find("\"2025-01-01\""), 12, "\"2026-12-31\"");
  copy.write("clinic/policy-2.json", next);
  const auto loaded = PolicySet::load(copy.directory());
  ASSERT_FALSE(loaded);
  const std::string all = all_of(loaded.error());
  EXPECT_THAT(all, HasSubstr("clinic/policy.json:3:16: the same id and revision as in clinic/policy-2.json"));
  EXPECT_THAT(all, HasSubstr("clinic/policy.json:7:14: clinic/policy-2.json answers this code at the same time"));
  EXPECT_THAT(all, HasSubstr("answers other codes at the same time"));
}

TEST(PolicySet, FindsThePayer) {
  const PolicyCopy copy(small());
  std::filesystem::copy(copy.directory() / "clinic", copy.directory() / "second",
                        std::filesystem::copy_options::recursive);
  std::filesystem::remove_all(copy.directory() / "second/questionnaires");
  copy.write("second/payer.json", R"({"name": "Second", "codeInput": "service.code", "answersUnknownInsurers": true})");
  const auto set = support::load_policies(copy.directory());
  ASSERT_NE(set, nullptr);
  const auto found = [&set](std::vector<std::string_view> names) {
    const policy::Payer* payer = set->find_payer(names);
    return payer == nullptr ? std::string("none") : payer->id;
  };
  EXPECT_EQ(found({"12345", "test clinic plan"}), "clinic");
  EXPECT_EQ(found({"CLINIC-1"}), "clinic");
  EXPECT_EQ(found({"Second"}), "second");
  EXPECT_EQ(found({"somebody else"}), "second");
  EXPECT_EQ(found({}), "second");
  EXPECT_TRUE(set->served().empty()) << "any insurer is answered";

  copy.write("second/payer.json", R"({"name": "Second", "codeInput": "service.code"})");
  const auto strict = support::load_policies(copy.directory());
  ASSERT_NE(strict, nullptr);
  EXPECT_EQ(strict->find_payer(std::vector<std::string_view>{"somebody else"}), nullptr);
  EXPECT_THAT(strict->served(), testing::IsSupersetOf({"Test Clinic Plan", "clinic", "clinic-1", "Second", "second"}));
  for (const std::string& name : strict->served()) {
    EXPECT_NE(strict->find_payer(std::vector<std::string_view>{name}), nullptr) << name;
  }
}

}  // namespace
}  // namespace pas
