#include "fhir/definitions/definition_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/definitions/builtin.h"

namespace pas {
namespace {

using definitions::Structure;
using definitions::ValueSet;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;

std::shared_ptr<const definitions::DefinitionSet> pas_221() {
  static const auto set = definitions::builtin_definitions({"hl7.fhir.us.davinci-pas#2.2.1"}).value();
  return set;
}

definitions::Element element_of(const Structure& structure, std::string_view path, std::string_view slice = {}) {
  for (std::size_t i = 0; i < structure.size(); ++i) {
    if (structure[i].path() == path && structure[i].slice_name() == slice) return structure[i];
  }
  ADD_FAILURE() << "no " << path << " in " << structure.url();
  return structure[0];
}

TEST(DefinitionSet, BringsTheDependenciesThatAreThereAndNamesTheOthers) {
  std::vector<std::string> here;
  for (const auto& id : pas_221()->packages()) here.push_back(id.to_string());
  EXPECT_THAT(here, ElementsAre("hl7.fhir.us.davinci-pas#2.2.1", "hl7.fhir.uv.extensions.r4#5.2.0",
                                "hl7.fhir.us.core#7.0.0", "hl7.fhir.us.core#6.1.0", "hl7.fhir.us.core#3.1.1",
                                "hl7.fhir.r4.core#4.0.1", "pas-adapter.supplement#1.0.0"));
  const auto missing = pas_221()->missing();
  EXPECT_THAT(missing, Contains(Field(&definitions::PackageId::name, "hl7.fhir.uv.subscriptions-backport.r4")));
  EXPECT_THAT(missing, Contains(Field(&definitions::PackageId::name, "hl7.fhir.us.davinci-hrex")));
  EXPECT_THAT(missing, Not(Contains(Field(&definitions::PackageId::name, "hl7.fhir.us.core"))));
}

TEST(DefinitionSet, RefusesAPackageThatIsNotBuiltIn) {
  const auto set = definitions::builtin_definitions({"hl7.fhir.us.mcode#1.0.0"});
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().code, base::ErrorCode::kNotFound);
}

TEST(DefinitionSet, FindsAProfileByVersionAndTheNewestWithout) {
  const std::string url = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient";
  EXPECT_EQ(pas_221()->find_structure(url).version(), "7.0.0");
  EXPECT_EQ(pas_221()->find_structure(url + "|3.1.1").version(), "3.1.1");
  EXPECT_EQ(pas_221()->find_structure(url + "|9.9.9").version(), "7.0.0");
  EXPECT_FALSE(pas_221()->has_version(url + "|9.9.9"));
  EXPECT_FALSE(pas_221()->find_structure("http://example.org/none"));
}

TEST(DefinitionSet, KeepsTheFactsOfAnElement) {
  const Structure claim =
      pas_221()->find_structure("http://hl7.org/fhir/us/davinci-pas/StructureDefinition/profile-claim");
  ASSERT_TRUE(claim);
  EXPECT_TRUE(claim.is_profile());
  const auto item = element_of(claim, "Claim.item");
  EXPECT_EQ(item.min(), 1U);
  EXPECT_EQ(item.max(), definitions::table::kUnbounded);
  EXPECT_TRUE(item.repeats());
  const auto use = element_of(claim, "Claim.use");
  EXPECT_TRUE(use.has_fixed() || use.has_pattern());
  EXPECT_EQ(use.value(), "\"preauthorization\"");
  EXPECT_EQ(use.binding()->strength(), definitions::BindingStrength::kRequired);

  const Structure patient = pas_221()->find_type("Patient");
  const auto deceased = element_of(patient, "Patient.deceased[x]");
  EXPECT_TRUE(deceased.is_choice());
  EXPECT_EQ(deceased.name(), "deceased");
  EXPECT_EQ(deceased.types()[1].code(), "dateTime");
  EXPECT_TRUE(element_of(patient, "Patient.active").is_modifier());
  EXPECT_EQ(element_of(patient, "Patient.id").types()[0].code(), "string");
  const auto constraints = element_of(patient, "Patient.contact").constraints();
  EXPECT_EQ(constraints[1].key, "pat-1");
  EXPECT_TRUE(constraints[1].is_error);

  const Structure questionnaire = pas_221()->find_type("Questionnaire");
  EXPECT_EQ(element_of(questionnaire, "Questionnaire.item.item").content_reference(), "#Questionnaire.item");
}

TEST(DefinitionSet, TellsMembershipWhereItCan) {
  const ValueSet gender = pas_221()->find_value_set("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1");
  ASSERT_TRUE(gender);
  EXPECT_TRUE(gender.is_complete());
  EXPECT_EQ(gender.contains_code("female"), true);
  EXPECT_EQ(gender.contains_code("f"), false);
  EXPECT_EQ(gender.contains("http://hl7.org/fhir/administrative-gender", "male"), true);
  EXPECT_EQ(gender.contains("http://example.org", "male"), false);
  EXPECT_THAT(gender.some_codes(10, false), ElementsAre("female", "male", "other", "unknown"));

  // All of SNOMED CT below a concept: not known here, but another system is no member.
  const ValueSet body_site = pas_221()->find_value_set("http://hl7.org/fhir/ValueSet/body-site");
  ASSERT_TRUE(body_site);
  EXPECT_FALSE(body_site.is_complete());
  EXPECT_EQ(body_site.contains("http://snomed.info/sct", "51185008"), std::nullopt);
  EXPECT_EQ(body_site.contains("http://loinc.org", "51185008"), false);
}

// v3 value sets that take the concepts below one concept of a hierarchy.
TEST(DefinitionSet, ExpandsIsAFilters) {
  const ValueSet priority = pas_221()->find_value_set("http://terminology.hl7.org/ValueSet/v3-ActPriority");
  ASSERT_TRUE(priority);
  EXPECT_TRUE(priority.is_complete());
  EXPECT_EQ(priority.contains("http://terminology.hl7.org/CodeSystem/v3-ActPriority", "UR"), true);
  EXPECT_EQ(priority.contains("http://terminology.hl7.org/CodeSystem/v3-ActPriority", "nonsense"), false);
  const ValueSet siblings = pas_221()->find_value_set("http://hl7.org/fhir/ValueSet/sibling-relationship-codes|4.0.1");
  ASSERT_TRUE(siblings);
  EXPECT_EQ(siblings.contains("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "HSIS"), true);
  EXPECT_EQ(siblings.contains("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "MTH"), false);
}

TEST(DefinitionSet, RefusesADamagedTable) {
  const auto whole =
      definitions::table::decompress(definitions::builtin_table("hl7.fhir.us.davinci-pas#2.2.1")).value();
  for (const std::size_t size : {std::size_t{0}, std::size_t{7}, std::size_t{111}, whole.size() / 2}) {
    EXPECT_FALSE(definitions::table::Table::open(whole.substr(0, size))) << size;
  }
  for (std::size_t at = 0; at < sizeof(definitions::table::Header) + 4096; at += 4) {
    std::string damaged = whole;
    damaged[at + 3] = '\x7f';  // an offset, count or index far out of range
    const auto table = definitions::table::Table::open(damaged);
    EXPECT_TRUE(!table || at >= sizeof(definitions::table::Header)) << at;
  }
  EXPECT_FALSE(definitions::table::decompress("not zstd"));
}

}  // namespace
}  // namespace pas
