#include "mappings/inputs/catalog.h"

#include <algorithm>

#include "mappings/inputs/catalog_loader.h"
#include "mappings/inputs/compiled_catalog.h"
#include "mappings/inputs/data_file.h"

namespace pas::inputs {

std::string_view to_string(Type type) {
  switch (type) {
    case Type::kCode:
      return "code";
    case Type::kCodes:
      return "codes";
    case Type::kWord:
      return "word";
    case Type::kInteger:
      return "integer";
    case Type::kDecimal:
      return "decimal";
    case Type::kBoolean:
      return "boolean";
    case Type::kDocuments:
      return "documents";
    case Type::kText:
      break;
  }
  return "text";
}

std::optional<Type> type_of_field(std::string_view field) {
  struct Field {
    std::string_view name;
    Type type;
  };
  static constexpr Field kFields[] = {{"date", Type::kText},
                                      {"type", Type::kText},
                                      {"signed", Type::kBoolean},
                                      {"prescriber.npi", Type::kText},
                                      {"prescriber.type", Type::kText},
                                      {"prescriber.enrolled", Type::kBoolean},
                                      {"source", Type::kText},
                                      {"readable", Type::kBoolean},
                                      {"signature.verified", Type::kBoolean},
                                      {"pdf.encrypted", Type::kBoolean},
                                      {"pdf.damaged", Type::kBoolean},
                                      {"pdf.pages", Type::kInteger},
                                      {"pdf.created", Type::kText},
                                      {"pdf.modified", Type::kText},
                                      {"pdf.signed", Type::kBoolean}};
  const auto* const found =
      std::find_if(std::begin(kFields), std::end(kFields), [field](const Field& each) { return each.name == field; });
  if (found != std::end(kFields)) return found->type;
  return field.starts_with("text.") ? std::optional(Type::kBoolean) : std::nullopt;
}

std::string word_key(std::string_view text) {
  std::string key;
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z') {
      key += static_cast<char>(c - 'A' + 'a');
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80U) {
      key += c;
    }
  }
  return key;
}

Catalog::Catalog() = default;
Catalog::Catalog(Catalog&&) noexcept = default;
Catalog& Catalog::operator=(Catalog&&) noexcept = default;
Catalog::~Catalog() = default;

boost::system::result<Catalog, LoadErrors> Catalog::load(const Files& files) {
  auto value_sets = ValueSets::load(files.value_sets, files.value_sets_file);
  if (!value_sets) return value_sets.error();
  DataFile file(files.inputs, files.inputs_file);
  Catalog catalog;
  auto compiled = std::make_unique<CompiledCatalog>();
  if (file.root().is_object()) load_catalog(file, *value_sets, catalog.inputs_, *compiled);
  if (!file.ok()) return file.take_errors();
  catalog.value_sets_ = std::make_unique<const ValueSets>(std::move(*value_sets));
  catalog.compiled_ = std::move(compiled);
  return catalog;
}

const InputDefinition* Catalog::find(std::string_view name) const {
  const auto found = std::find_if(inputs_.begin(), inputs_.end(),
                                  [name](const InputDefinition& definition) { return definition.name == name; });
  return found == inputs_.end() ? nullptr : &*found;
}

const InputDefinition* Catalog::read_by(std::string_view path) const {
  const InputDefinition* longest = nullptr;
  for (const InputDefinition& definition : inputs_) {
    const std::string& name = definition.name;
    const bool reads = path.starts_with(name) && (path.size() == name.size() || path[name.size()] == '.');
    if (reads && (longest == nullptr || longest->name.size() < name.size())) longest = &definition;
  }
  return longest;
}

}  // namespace pas::inputs
