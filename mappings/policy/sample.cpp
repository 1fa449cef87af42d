#include <algorithm>
#include <stdexcept>

#include "fhir/json/writer.h"
#include "mappings/inputs/input_set.h"
#include "mappings/policy/conditions.h"
#include "mappings/policy/runner.h"

namespace pas::policy {
namespace {

constexpr std::string_view kDay = "2024-02-29";

std::string sample_field(std::string_view field) {
  if (field == "date" || field == "pdf.created" || field == "pdf.modified") return '"' + std::string(kDay) + '"';
  switch (inputs::type_of_field(field).value_or(inputs::Type::kText)) {
    case inputs::Type::kBoolean:
      return "true";
    case inputs::Type::kInteger:
      return "1";
    default:
      return R"("x")";
  }
}

// A document of a list of documents, with every field of its catalog entry; those that share a prefix in one object.
std::string sample_element(const std::vector<std::string>& fields) {
  const auto group_of = [](std::string_view field) { return field.substr(0, field.find('.')); };
  json::Writer out;
  out.begin_object();
  for (auto field = fields.begin(); field != fields.end(); ++field) {
    const std::string_view group = group_of(*field);
    if (std::any_of(fields.begin(), field, [&](const std::string& before) { return group_of(before) == group; })) {
      continue;
    }
    out.key(group);
    if (group == *field) {
      out.raw(sample_field(*field));
      continue;
    }
    out.begin_object();
    for (const std::string& member : fields) {
      if (group_of(member) == group)
        out.key(std::string_view(member).substr(group.size() + 1)).raw(sample_field(member));
    }
    out.end_object();
  }
  out.end_object();
  return std::move(out).take();
}

std::string sample_value(const inputs::InputDefinition& input) {
  switch (input.type) {
    case inputs::Type::kCode:
    case inputs::Type::kText:
      return R"("x")";
    case inputs::Type::kWord:
      return '"' + (input.values.empty() ? std::string("x") : input.values.front()) + '"';
    case inputs::Type::kCodes:
      return R"([{"system":"x","code":"x"}])";
    case inputs::Type::kInteger:
      return "1";
    case inputs::Type::kDecimal:
      return "1.5";
    case inputs::Type::kBoolean:
      return "true";
    case inputs::Type::kDocuments:
      return '[' + sample_element(input.fields) + ']';
  }
  return "null";
}

json::Document sample_document(const inputs::Catalog& catalog) {
  std::vector<inputs::Input> all;
  for (const inputs::InputDefinition& input : catalog.inputs()) {
    all.push_back({input.name, inputs::State::kKnown, sample_value(input), {}, {}});
  }
  return json::Document::parse(inputs::InputSet(std::move(all), {}).to_json()).value();
}

}  // namespace

Sample::Sample(const inputs::Catalog& catalog) : catalog_(catalog), document_(sample_document(catalog)) {}

std::optional<Sample::Fault> Sample::try_out(const fhirpath::Program& program,
                                             const inputs::InputDefinition* list) const {
  Runner runner(catalog_, *base::parse_date(kDay));
  json::Node focus = document_.root();
  if (list != nullptr) focus = at_path(focus, path_of(catalog_, list->name)).at(0);
  const auto items = runner.run(program, focus);
  if (!items) return Fault{items.error().position, items.error().message};
  if (items->empty()) {
    return Fault{0, "the condition has no answer even where all inputs are known: do types and units fit?"};
  }
  if (items->size() > 1 || !items->front().boolean()) {
    return Fault{0, "a condition must be true or false, this is " +
                        (items->size() > 1 ? std::string("a list")
                                           : "of type " + std::string(items->front().type_name(nullptr)))};
  }
  return std::nullopt;
}

}  // namespace pas::policy
