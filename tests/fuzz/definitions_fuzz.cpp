// Opens any bytes as a compiled table and reads all of it: a table that is refused is refused with words, one that is
// taken can be linked and asked without reading outside.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "fhir/definitions/definition_set.h"

namespace pas {
namespace {

std::size_t characters = 0;  // of what is read, so that reading is not optimised away

void read(std::string_view text) {
  for (const char c : text) characters += static_cast<unsigned char>(c);
}

void read_all(const definitions::Structure& structure) {
  read(structure.url());
  for (const std::string_view context : structure.contexts()) read(context);
  for (const std::string_view profile : structure.imposed_profiles()) read(profile);
  for (std::size_t i = 0; i < structure.size(); ++i) {
    const definitions::Element element = structure[i];
    read(element.path());
    read(element.name());
    read(element.value());
    for (const definitions::Type type : element.types()) {
      read(type.code());
      for (const std::string_view target : type.targets()) read(target);
    }
    for (const definitions::Constraint constraint : element.constraints()) read(constraint.expression);
    if (const auto binding = element.binding()) read(binding->value_set());
    if (const auto slicing = element.slicing()) {
      for (const std::string_view discriminator : slicing->discriminators()) read(discriminator);
    }
  }
}

}  // namespace
}  // namespace pas

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto table = pas::definitions::table::Table::open(std::string(reinterpret_cast<const char*>(data), size));
  if (!table) {
    if (table.error().message.empty()) std::abort();
    return 0;
  }
  const auto set = pas::definitions::DefinitionSet::link({*table});
  for (const pas::definitions::Structure& structure : set->structures()) pas::read_all(structure);
  for (const auto& record : (*table)->value_sets) {
    const pas::definitions::ValueSet values(**table, record);
    pas::read(values.url());
    static_cast<void>(values.contains("http://loinc.org", "1"));
    static_cast<void>(values.expansion());
  }
  static_cast<void>(set->missing());
  return 0;
}
