#include "mappings/policy/conditions.h"

#include <algorithm>

#include "mappings/policy/literals.h"
#include "mappings/policy/runner.h"

namespace pas::policy {
namespace {

// The names that a path of the inputs document may go on with, below the input's own place.
std::vector<std::string_view> members_of(const inputs::InputDefinition& input) {
  if (input.type == inputs::Type::kCodes) return {"system", "code"};
  return {input.fields.begin(), input.fields.end()};
}

// Where a path stands in an expression: at its first name, or at the start.
std::size_t position_of(std::string_view expression, std::string_view path) {
  const std::size_t whole = expression.find(path);
  const std::size_t at = whole != std::string_view::npos ? whole : expression.find(path.substr(0, path.find('.')));
  return at == std::string_view::npos ? 0 : at;
}

}  // namespace

ConditionId ConditionCompiler::add(Condition condition, ConditionId first) {
  const auto id = static_cast<ConditionId>(policy_.conditions.size());
  condition.first = std::min(first, id);
  policy_.conditions.push_back(std::move(condition));
  return id;
}

ConditionId ConditionCompiler::always() {
  Condition condition;
  condition.text = "always";
  return add(std::move(condition), static_cast<ConditionId>(policy_.conditions.size()));
}

// NOLINTNEXTLINE(misc-no-recursion): the parser bounds the depth
ConditionId ConditionCompiler::compile(json::Node node, const inputs::InputDefinition* list) {
  const ConditionId id = condition(node, list);
  policy_.conditions[id].line = reader_.line_of(node);
  return id;
}

// NOLINTNEXTLINE(misc-no-recursion)
ConditionId ConditionCompiler::condition(json::Node node, const inputs::InputDefinition* list) {
  if (node.is_string()) return expression(node, {}, list);
  if (!node.is_object()) {
    reader_.fail(node, "a condition must be a string of FHIRPath or an object");
    return always();
  }
  Condition condition;
  condition.text = node["means"] ? reader_.text(node, "means") : std::string();
  if (const json::Node that = node["that"]) {
    reader_.object(node, "a condition", {"that", "means"});
    if (that.is_string()) return expression(that, condition.text, list);
    reader_.fail(that, "\"that\" must be a string of FHIRPath");
    return always();
  }
  if (node["some"]) return some(node, list);
  if (node["all"]) {
    condition.kind = ConditionKind::kAll;
    reader_.object(node, "a condition", {"all", "means"});
    return children(node, "all", std::move(condition), list);
  }
  if (node["any"]) {
    condition.kind = ConditionKind::kAny;
    reader_.object(node, "a condition", {"any", "means"});
    return children(node, "any", std::move(condition), list);
  }
  if (node["atLeast"]) {
    condition.kind = ConditionKind::kAtLeast;
    reader_.object(node, "a condition", {"atLeast", "of", "means"});
    const int most = std::max(1, static_cast<int>(node["of"].size()));
    condition.at_least = static_cast<std::size_t>(reader_.integer(node, "atLeast", 1, most).value_or(1));
    return children(node, "of", std::move(condition), list);
  }
  if (const json::Node inner = node["not"]) {
    reader_.object(node, "a condition", {"not", "means"});
    condition.kind = ConditionKind::kNot;
    condition.on_element = list != nullptr;
    const auto first = static_cast<ConditionId>(policy_.conditions.size());
    condition.children.push_back(compile(inner, list));
    return add(std::move(condition), first);
  }
  static constexpr std::string_view kItemOnly[] = {
      "criterion", "unknown", "conflict", "inForce", "adverseDeterminations", "always"};
  for (const std::string_view name : kItemOnly) {
    if (!node[name]) continue;
    if (list != nullptr) {
      reader_.fail_at_key(node[name], '"' + std::string(name) + "\" cannot be asked of one element of a list");
      return always();
    }
    if (name == "criterion") return criterion(node);
    if (name == "unknown") return input_state(node, ConditionKind::kUnknown, name);
    if (name == "conflict") return input_state(node, ConditionKind::kConflict, name);
    return setting(node);
  }
  reader_.fail(node,
               "a condition needs one of \"that\", \"all\", \"any\", \"not\", \"atLeast\", \"some\", \"criterion\", "
               "\"unknown\", \"conflict\", \"inForce\", \"adverseDeterminations\" and \"always\"");
  return always();
}

// NOLINTNEXTLINE(misc-no-recursion)
ConditionId ConditionCompiler::children(json::Node node, std::string_view member, Condition condition,
                                        const inputs::InputDefinition* list) {
  const auto first = static_cast<ConditionId>(policy_.conditions.size());
  for (const json::Node child : reader_.list(node, member, Need::kRequired)) {
    condition.children.push_back(compile(child, list));
  }
  condition.on_element = list != nullptr;
  return add(std::move(condition), first);
}

// NOLINTNEXTLINE(misc-no-recursion)
ConditionId ConditionCompiler::some(json::Node node, const inputs::InputDefinition* list) {
  reader_.object(node, "a condition", {"some", "all", "means"});
  if (list != nullptr) {
    reader_.fail(node["some"], "a \"some\" cannot stand inside another");
    return always();
  }
  std::vector<std::string_view> lists;
  for (const inputs::InputDefinition& input : catalog_.inputs()) {
    if (input.type == inputs::Type::kDocuments || input.type == inputs::Type::kCodes) lists.push_back(input.name);
  }
  const auto found = reader_.index_of(node["some"], "list input", lists);
  if (!found) return always();
  const inputs::InputDefinition* of = catalog_.find(lists[*found]);

  const auto first = static_cast<ConditionId>(policy_.conditions.size());
  Condition every;
  every.kind = ConditionKind::kAll;
  const ConditionId below = children(node, "all", std::move(every), of);

  Condition condition;
  condition.kind = ConditionKind::kSome;
  condition.text = node["means"] ? reader_.text(node, "means") : "some " + of->name;
  condition.children.push_back(below);
  condition.reads.push_back(of->name);
  condition.slots.push_back(static_cast<std::uint32_t>(of - catalog_.inputs().data()));
  condition.path = path_of(catalog_, of->name);
  return add(std::move(condition), first);
}

ConditionId ConditionCompiler::criterion(json::Node node) {
  reader_.object(node, "a condition", {"criterion", "is", "means"});
  std::vector<std::string_view> ids;
  for (const Criterion& criterion : policy_.criteria) ids.push_back(criterion.id);
  const auto found = reader_.index_of(node["criterion"], "criterion", ids);
  if (!found) return always();
  Condition condition;
  condition.kind = ConditionKind::kCriterion;
  condition.criterion = static_cast<std::uint32_t>(*found);
  condition.text = "criterion " + policy_.criteria[*found].id;
  if (const json::Node is = node["is"]) {
    const auto truth = reader_.index_of(is, "truth", {kTruthNames.begin(), kTruthNames.end()});
    if (truth) condition.is = static_cast<base::Truth>(*truth);
    condition.text += " is " + std::string(is.text());
  }
  if (node["means"]) condition.text = reader_.text(node, "means");
  return add(std::move(condition), static_cast<ConditionId>(policy_.conditions.size()));
}

ConditionId ConditionCompiler::input_state(json::Node node, ConditionKind kind, std::string_view member) {
  reader_.object(node, "a condition", {member, "means"});
  std::vector<std::string_view> names;
  for (const inputs::InputDefinition& input : catalog_.inputs()) names.push_back(input.name);
  const auto found = reader_.index_of(node[member], "input", names);
  if (!found) return always();
  Condition condition;
  condition.kind = kind;
  condition.reads.emplace_back(names[*found]);
  condition.slots.push_back(static_cast<std::uint32_t>(*found));
  condition.text = node["means"] ? reader_.text(node, "means")
                                 : std::string(names[*found]) +
                                       (kind == ConditionKind::kUnknown ? " is not known" : " is in conflict");
  return add(std::move(condition), static_cast<ConditionId>(policy_.conditions.size()));
}

ConditionId ConditionCompiler::setting(json::Node node) {
  Condition condition;
  if (const json::Node adverse = node["adverseDeterminations"]) {
    reader_.object(node, "a condition", {"adverseDeterminations", "means"});
    condition.kind = ConditionKind::kAdverseDeterminations;
    const auto found = reader_.index_of(adverse, "setting", {"clinician", "automated"});
    condition.adverse = static_cast<AdverseDeterminations>(found.value_or(0));
    condition.text = "adverse determinations are by " + std::string(adverse.text());
  } else if (node["inForce"]) {
    reader_.object(node, "a condition", {"inForce", "means"});
    condition.kind = ConditionKind::kInForce;
    condition.expected = reader_.boolean(node, "inForce");
    condition.text = condition.expected ? "the policy is in force" : "the policy is not in force";
  } else {
    reader_.object(node, "a condition", {"always", "means"});
    if (!node["always"].is_true()) reader_.fail(node["always"], "\"always\" can only be true");
    condition.text = "always";
  }
  if (node["means"]) condition.text = reader_.text(node, "means");
  return add(std::move(condition), static_cast<ConditionId>(policy_.conditions.size()));
}

ConditionId ConditionCompiler::expression(json::Node node, std::string_view means,
                                          const inputs::InputDefinition* list) {
  const std::string_view text = node.text();
  Condition condition;
  condition.kind = ConditionKind::kExpression;
  condition.on_element = list != nullptr;
  condition.text = means.empty() ? text : means;
  const auto first = static_cast<ConditionId>(policy_.conditions.size());

  fhirpath::CompileOptions options;
  options.variables = kVariables;
  options.strict = true;
  // The same text on an element and on the whole document reads other things: they are compiled apart.
  const std::string key = (list == nullptr ? std::string() : list->name) + '\n' + std::string(text);
  const auto known = expressions_.find(key);
  auto program = known != expressions_.end()
                     ? fhirpath::Outcome<fhirpath::Program>(policy_.expressions[known->second].program)
                     : fhirpath::Program::compile(text, options);
  if (!program) {
    reader_.fail_in_string(node, program.error().position, "FHIRPath: " + program.error().message);
    return add(std::move(condition), first);
  }
  bool reads_inputs = true;
  for (const std::string& path : program->focus_paths()) {
    reads_inputs = read_path(node, path, list, condition) && reads_inputs;
  }
  if (!reads_inputs) return add(std::move(condition), first);
  if (known != expressions_.end()) {
    condition.expression = known->second;
    return add(std::move(condition), first);
  }
  if (const auto unknown = inputs::find_unknown_set(text, catalog_.value_sets())) {
    reader_.fail_in_string(node, unknown->position,
                           "no value set is named \"" + unknown->name + '"' +
                               suggestion(unknown->name, catalog_.value_sets().set_names()));
  } else if (const auto misfit = find_misfit(text, catalog_, list)) {
    reader_.fail_in_string(node, misfit->position, misfit->message);
  } else if (condition.reads.empty()) {
    reader_.fail(node, "the condition reads no input");
  } else if (const auto fault = sample_.try_out(*program, list)) {
    reader_.fail_in_string(node, fault->position, fault->message);
  }
  condition.expression = static_cast<std::uint32_t>(policy_.expressions.size());
  expressions_.emplace(key, condition.expression);
  policy_.expressions.push_back({std::move(*program)});
  return add(std::move(condition), first);
}

bool ConditionCompiler::read_path(json::Node node, const std::string& path, const inputs::InputDefinition* list,
                                  Condition& condition) {
  const auto fail = [&](const std::string& message) {
    reader_.fail_in_string(node, position_of(node.text(), path), message);
    return false;
  };
  const auto read = [&](std::string name) {
    if (std::find(condition.reads.begin(), condition.reads.end(), name) == condition.reads.end()) {
      condition.reads.push_back(std::move(name));
    }
    return true;
  };
  if (list != nullptr) {
    const std::vector<std::string_view> members = members_of(*list);
    if (std::find(members.begin(), members.end(), path) == members.end()) {
      return fail("the elements of " + list->name + " have no member \"" + path + '"' + suggestion(path, members));
    }
    return read(list->name + '.' + path);
  }
  std::vector<std::string_view> names;
  for (const inputs::InputDefinition& input : catalog_.inputs()) names.push_back(input.name);
  const inputs::InputDefinition* input = catalog_.read_by(path);
  if (input == nullptr) return fail("no input is named \"" + path + '"' + suggestion(path, names));
  std::string_view rest = std::string_view(path).substr(input->name.size());
  if (is_prefix(catalog_, input->name)) {
    if (rest != ".value" && !rest.starts_with(".value.")) {
      return fail("no input is named \"" + path + '"' + suggestion(path, names) + "; the value of " + input->name +
                  " is " + input->name + ".value");
    }
    rest.remove_prefix(std::string_view(".value").size());
  }
  if (!rest.empty()) {
    rest.remove_prefix(1);
    const std::vector<std::string_view> members = members_of(*input);
    if (std::find(members.begin(), members.end(), rest) == members.end()) {
      return fail(input->name + " has no member \"" + std::string(rest) + '"' + suggestion(rest, members));
    }
  }
  const auto slot = static_cast<std::uint32_t>(input - catalog_.inputs().data());
  if (std::find(condition.slots.begin(), condition.slots.end(), slot) == condition.slots.end()) {
    condition.slots.push_back(slot);
  }
  return read(input->name);
}

}  // namespace pas::policy
