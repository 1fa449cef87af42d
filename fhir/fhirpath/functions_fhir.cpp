#include <algorithm>

#include "fhir/fhirpath/evaluator.h"
#include "fhir/fhirpath/function_families.h"
#include "fhir/fhirpath/html_checks.h"

namespace pas::fhirpath::detail {
namespace {

bool is_primitive_value(const Item& item) {
  return !item.is_node() || !(item.is_companion() || item.node().is_object());
}

}  // namespace

Collection fn_type(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  List result(evaluator, step);
  for (const Item& item : input) {
    const bool is_system = !item.is_node();
    result.add(Item::type(item.type_name(evaluator.model()), is_system));
  }
  return result.items();
}

// extension.where(url = …)
Collection fn_extension(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto url = evaluator.string_argument(step, 0, frame);
  if (!url) return {};
  List result(evaluator, step);
  for (const Item& item : input) {
    if (!item.is_node()) continue;
    const bool is_object = item.node().is_object() && !item.is_companion();
    const json::Node owner = is_object ? item.node() : evaluator.companion_of(item);
    for (const json::Node extension : owner["extension"]) {
      if (extension["url"].text() == *url) result.add(Item::element(extension, evaluator.primitives().extension()));
    }
  }
  return result.items();
}

Collection fn_has_value(Evaluator&, const Step&, Collection input, Frame&) {
  return Evaluator::boolean(input.size() == 1 && is_primitive_value(input.front()));
}

Collection fn_get_value(Evaluator& evaluator, const Step&, Collection input, Frame&) {
  if (input.size() != 1 || !is_primitive_value(input.front())) return {};
  return evaluator.one(evaluator.system(input.front()));
}

// References, and strings that are (uri, canonical); what is not found is left out.
Collection fn_resolve(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  const json::BundleIndex* index = evaluator.environment().index;
  if (index == nullptr) return {};
  List result(evaluator, step);
  for (const Item& item : input) {
    json::Node found;
    if (item.is_node() && item.node().is_object() && !item.is_companion()) {
      found = index->resolve(item.node());
    } else if (const auto reference = item.string()) {
      found = index->resolve(*reference, item.is_node() ? item.node() : evaluator.focus_node());
    }
    if (found) result.add(evaluator.element(found, kNoType));
  }
  return result.items();
}

// Of several items (CompileOptions::lenient), whether any is a member.
Collection fn_member_of(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto url = evaluator.string_argument(step, 0, frame);
  if (input.size() > 1 && !evaluator.code().is_lenient) evaluator.single(input, step);
  const auto& member_of = evaluator.environment().member_of;
  if (!url || evaluator.failed() || input.empty() || !member_of) return {};
  base::Truth any = base::Truth::kFalse;
  for (const Item& item : input) {
    const auto answer = member_of(item, *url);
    any = any | (answer ? base::truth_of(*answer) : base::Truth::kUnknown);
  }
  return Evaluator::truth(any);
}

Collection fn_conforms_to(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto url = evaluator.string_argument(step, 0, frame);
  const Item* item = url ? evaluator.single(input, step) : nullptr;
  if (item == nullptr || evaluator.failed()) return {};
  const auto& conforms_to = evaluator.environment().conforms_to;
  const auto answer = conforms_to ? conforms_to(*item, *url) : std::nullopt;
  if (!answer) return evaluator.fail(step, "conformsTo() does not know this profile");
  return Evaluator::boolean(*answer);
}

Collection fn_html_checks(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  const Item* item = evaluator.single(input, step);
  const auto text = item == nullptr ? std::nullopt : item->string();
  return text ? Evaluator::boolean(is_narrative(*text)) : Collection();
}

// A failure when a modifier extension below the input is none of the named ones.
Collection fn_check_modifiers(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  std::vector<std::string_view> known;
  for (std::size_t i = 0; i < step.argument_count; ++i) {
    if (const auto url = evaluator.string_argument(step, i, frame)) known.push_back(*url);
  }
  for (const Item& item : input) {
    for (const json::Node extension : item.node()["modifierExtension"]) {
      if (std::ranges::find(known, extension["url"].text()) == known.end()) {
        return evaluator.fail(step, "checkModifiers() found a modifier extension that is not expected");
      }
    }
  }
  return input;
}

}  // namespace pas::fhirpath::detail
