// The payers' questionnaires: what is loaded, and that the shipped ones ask what the policies read.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/mappings/policy/case_inputs.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using Names = std::set<std::string>;

const policy::PolicySet& shipped_set() {
  static const auto set = support::load_policies(support::repo_path("mappings/policies"));
  return *set;
}

Names asked_by(const policy::Payer& payer) {
  Names names;
  for (const policy::Questionnaire& form : payer.questionnaires) {
    names.insert(form.link_ids.begin(), form.link_ids.end());
  }
  return names;
}

TEST(Questionnaires, OfThePayersAskExactlyWhatTheirInputsRead) {
  for (const policy::Payer& payer : shipped_set().payers()) {
    Names read;
    for (const inputs::InputDefinition& input : payer.catalog->inputs()) {
      if (!input.question.empty()) read.insert(input.question);
    }
    EXPECT_FALSE(read.empty()) << payer.id;
    EXPECT_EQ(asked_by(payer), read) << payer.id;
  }
}

TEST(Questionnaires, TheOneForPumpsHasTheLinkIdsOfThePolicyPage) {
  PAS_SHARED_OR_SKIP(path, "policy/README.md");
  const std::string page = support::read_file(path);
  const std::size_t begin = page.find('\n', page.find("## 5. "));
  const std::string section = page.substr(begin, page.find("\n## ", begin) - begin);
  Names wanted;
  for (std::size_t at = section.find('`'); at != std::string::npos; at = section.find('`', at + 1)) {
    const std::size_t end = section.find('`', at + 1);
    wanted.insert(section.substr(at + 1, end - at - 1));
    at = end;
  }
  EXPECT_EQ(wanted.size(), 10U);
  EXPECT_EQ(asked_by(*shipped_set().find_payer_by_id("husky")), wanted);
}

TEST(Questionnaires, AreFoundById) {
  const policy::Questionnaire* form = shipped_set().find_questionnaire("infusion-pump");
  ASSERT_NE(form, nullptr);
  EXPECT_EQ(form->version, "1.0.0");
  EXPECT_THAT(form->resource, testing::StartsWith(R"({"resourceType":"Questionnaire","id":"infusion-pump")"));
  EXPECT_EQ(shipped_set().find_questionnaire("infusion"), nullptr);
}

TEST(Questionnaires, OfAnotherPayerMustHaveAnotherId) {
  const support::PolicyCopy copy(support::repo_path("tests/cases/policies/small"));
  std::filesystem::copy(copy.directory() / "clinic", copy.directory() / "second",
                        std::filesystem::copy_options::recursive);
  const auto loaded = policy::PolicySet::load(copy.directory());
  ASSERT_FALSE(loaded);
  const policy::LoadErrors errors = loaded.error();
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_THAT(to_string(errors.front()),
              testing::StartsWith(
                  "second/questionnaires/oxygen.json:3:10: the same id as in clinic/questionnaires/oxygen.json\n"));
}

TEST(Questionnaires, MayBeNone) {
  const support::PolicyCopy copy(support::repo_path("tests/cases/policies/small"));
  std::filesystem::remove_all(copy.directory() / "clinic/questionnaires");
  const auto set = support::load_policies(copy.directory());
  ASSERT_NE(set, nullptr);
  EXPECT_TRUE(set->payers().front().questionnaires.empty());
}

}  // namespace
}  // namespace pas
