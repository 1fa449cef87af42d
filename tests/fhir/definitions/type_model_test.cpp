#include "fhir/definitions/type_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/definitions/builtin.h"

namespace pas {
namespace {

using fhirpath::ElementInfo;
using fhirpath::kNoType;
using fhirpath::TypeId;
using testing::ElementsAre;

class TypeModelTest : public testing::Test {
 protected:
  // The names of the types of an element; "list" first when it repeats.
  std::vector<std::string_view> element(std::string_view type, std::string_view name) const {
    const ElementInfo* info = model.find_element(model.find_type(type), name);
    if (info == nullptr) return {"none"};
    std::vector<std::string_view> names;
    if (info->is_list) names.emplace_back("list");
    for (const TypeId id : info->types) names.push_back(model.type_name(id));
    return names;
  }
  std::string_view base(std::string_view type) const { return model.type_name(model.base_of(model.find_type(type))); }

  std::shared_ptr<const definitions::DefinitionSet> set = definitions::builtin_definitions({}).value();
  const fhirpath::Model& model = set->model();
};

TEST_F(TypeModelTest, KnowsTypesAndTheirBases) {
  EXPECT_EQ(model.find_type("Nonsense"), kNoType);
  EXPECT_EQ(base("Patient"), "DomainResource");
  EXPECT_EQ(base("DomainResource"), "Resource");
  EXPECT_EQ(model.base_of(model.find_type("Resource")), kNoType);
  EXPECT_EQ(base("code"), "string");
  EXPECT_EQ(base("Age"), "Quantity");
  EXPECT_EQ(base("Patient.contact"), "BackboneElement");
  EXPECT_TRUE(model.is_primitive(model.find_type("positiveInt")));
  EXPECT_FALSE(model.is_primitive(model.find_type("Coding")));
}

TEST_F(TypeModelTest, KnowsElements) {
  EXPECT_THAT(element("Patient", "birthDate"), ElementsAre("date"));
  EXPECT_THAT(element("Patient", "name"), ElementsAre("list", "HumanName"));
  EXPECT_THAT(element("Patient", "contact"), ElementsAre("list", "Patient.contact"));
  EXPECT_THAT(element("Patient.contact", "gender"), ElementsAre("code"));
  EXPECT_THAT(element("Patient", "id"), ElementsAre("id"));
  EXPECT_THAT(element("Patient", "text"), ElementsAre("Narrative"));
  EXPECT_THAT(element("Patient", "deceasedBoolean"), ElementsAre("none"));
  EXPECT_THAT(element("string", "extension"), ElementsAre("list", "Extension"));
  EXPECT_THAT(element("Bundle.entry", "resource"), ElementsAre("Resource"));
}

TEST_F(TypeModelTest, ListsTheTypesOfAChoice) {
  EXPECT_THAT(element("Patient", "deceased"), ElementsAre("boolean", "dateTime"));
  EXPECT_TRUE(model.find_element(model.find_type("Patient"), "deceased")->is_choice);
}

TEST_F(TypeModelTest, ResolvesContentReferences) {
  EXPECT_THAT(element("Questionnaire.item", "item"), ElementsAre("list", "Questionnaire.item"));
  EXPECT_THAT(element("Parameters.parameter", "part"), ElementsAre("list", "Parameters.parameter"));
}

}  // namespace
}  // namespace pas
