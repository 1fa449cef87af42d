#include "mappings/inputs/catalog_loader.h"

#include <algorithm>
#include <array>

#include "fhir/fhirpath/ucum.h"
#include "mappings/inputs/transforms.h"

namespace pas::inputs {
namespace {

using json::Kind;

constexpr std::array<std::string_view, 8> kTypes = {"code",    "codes",   "word",    "text",
                                                    "integer", "decimal", "boolean", "documents"};
constexpr std::array<std::string_view, 3> kRules = {"first", "agree", "all"};

struct TransformName {
  std::string_view name;
  Transform transform;
  Type type;
};
constexpr std::array kTransforms = {
    TransformName{"months-begun", Transform::kMonthsBegun, Type::kInteger},
    TransformName{"hours", Transform::kHours, Type::kDecimal},
    TransformName{"quantity", Transform::kQuantity, Type::kDecimal},
    TransformName{"age-on-request-date", Transform::kAge, Type::kInteger},
    TransformName{"in-force", Transform::kInForce, Type::kBoolean},
};

// Dotted parts, each a letter and then letters, digits and hyphens.
bool is_input_name(std::string_view name) {
  bool start = true;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (start ? !letter : !(letter || (c >= '0' && c <= '9') || c == '-' || c == '.')) return false;
    start = c == '.';
  }
  return !start;
}

class InputLoader {
 public:
  InputLoader(DataFile& file, const ValueSets& value_sets, ExpressionLoader& expressions,
              std::vector<InputDefinition>& definitions, CompiledCatalog& compiled)
      : file_(file),
        value_sets_(value_sets),
        expressions_(expressions),
        definitions_(definitions),
        compiled_(compiled) {}

  void read(json::Node node) {
    if (!node.is_object()) return file_.error(node, "an input is an object");
    file_.allow_only(node, {"name", "title", "type", "unit", "rule", "systems", "translate", "values", "aliases",
                            "fields", "sources"});
    InputDefinition definition;
    Recipe recipe;
    read_head(node, definition);
    if (const auto rule = index_of(file_, file_.require(node, "rule", Kind::kString), kRules)) {
      recipe.rule = static_cast<Rule>(*rule);
    }
    const bool is_list = definition.type == Type::kCodes || definition.type == Type::kDocuments;
    if (is_list != (recipe.rule == Rule::kAll)) {
      file_.error(node["rule"], "codes and documents are collected from \"all\" sources, and only they");
    }
    read_systems(node, definition, recipe);
    read_words(node, definition, recipe);
    const json::Node sources = file_.require(node, "sources", Kind::kArray);
    if (sources && sources.size() == 0) file_.error(sources, "an input needs at least one source");
    for (const json::Node source : sources) recipe.sources.push_back(read_source(source, definition, recipe));
    definitions_.push_back(std::move(definition));
    compiled_.recipes.push_back(std::move(recipe));
  }

 private:
  void read_head(json::Node node, InputDefinition& definition) {
    const json::Node name = file_.require(node, "name", Kind::kString);
    definition.name = name.text();
    if (name && !is_input_name(name.text())) {
      file_.error(name, "a name is letters, digits and hyphens, its parts joined by dots");
    }
    for (const InputDefinition& other : definitions_) {
      if (name && other.name == name.text()) file_.error(name, "this name is used above");
    }
    definition.title = file_.require(node, "title", Kind::kString).text();
    definition.unit = file_.optional(node, "unit", Kind::kString).text();
    const json::Node type = file_.require(node, "type", Kind::kString);
    if (const auto index = index_of(file_, type, kTypes)) {
      constexpr std::array types = {Type::kCode,    Type::kCodes,   Type::kWord,    Type::kText,
                                    Type::kInteger, Type::kDecimal, Type::kBoolean, Type::kDocuments};
      definition.type = types[*index];
    }
    for (const json::Node field : file_.optional(node, "fields", Kind::kArray)) read_field(field, definition);
    if ((definition.type == Type::kDocuments) != !definition.fields.empty()) {
      file_.error(node, "an input of type documents, and no other, has \"fields\"");
    }
  }

  void read_field(json::Node field, InputDefinition& definition) {
    const std::string name(field.text());
    constexpr std::string_view kText = "text.";
    if (!field.is_string() || !type_of_field(name)) {
      return file_.error(field, "\"" + name + "\" is no member of a document; see docs/policies.md");
    }
    if (name.starts_with(kText)) {
      const auto asks = [&name, kText](const DocumentKind& kind) {
        return std::any_of(kind.texts.begin(), kind.texts.end(),
                           [&](const TextQuestion& text) { return text.name == name.substr(kText.size()); });
      };
      if (std::none_of(compiled_.document_kinds.begin(), compiled_.document_kinds.end(), asks)) {
        return file_.error(field, "no kind of document puts this question to the \"text\"");
      }
      compiled_.wants.text = true;
    }
    compiled_.wants.pdf = compiled_.wants.pdf || name == "readable" || name.starts_with("pdf.");
    definition.fields.push_back(name);
  }

  void read_systems(json::Node node, const InputDefinition& definition, Recipe& recipe) {
    for (const json::Node system : file_.optional(node, "systems", Kind::kArray)) {
      if (value_sets_.has_system(system.text())) {
        recipe.systems.emplace_back(system.text());
      } else {
        file_.error(system, "unknown system \"" + std::string(system.text()) + "\"");
      }
    }
    if ((definition.type == Type::kCode || definition.type == Type::kCodes) && !node["systems"]) {
      file_.error(node, "an input of codes must name its \"systems\"");
    }
    const json::Node map = file_.optional(node, "translate", Kind::kString);
    if (!map) return;
    recipe.translate = map.text();
    if (definition.type != Type::kCodes) file_.error(map, "only codes are translated");
    if (!value_sets_.has_map(map.text())) file_.error(map, "unknown map \"" + std::string(map.text()) + "\"");
  }

  void read_words(json::Node node, InputDefinition& definition, Recipe& recipe) {
    const json::Node values = file_.optional(node, "values", Kind::kArray);
    if ((definition.type == Type::kWord) != static_cast<bool>(values)) {
      file_.error(node, "an input of type word, and no other, has \"values\"");
    }
    const auto add = [&](json::Node text, std::string_view word) {
      if (!text.is_string() || word_key(text.text()).empty()) return file_.error(text, "a word must be a string");
      if (!recipe.words.emplace(word_key(text.text()), word).second) file_.error(text, "this word is named above");
    };
    for (const json::Node value : values) {
      definition.values.emplace_back(value.text());
      add(value, value.text());
    }
    for (const json::Node aliases : file_.optional(node, "aliases", Kind::kObject)) {
      if (std::find(definition.values.begin(), definition.values.end(), aliases.key()) == definition.values.end()) {
        file_.error_at_key(aliases, "aliases belong to one of the \"values\"");
      }
      if (!aliases.is_array()) file_.error(aliases, "aliases are a list of strings");
      for (const json::Node alias : aliases) add(alias, aliases.key());
    }
  }

  Source read_source(json::Node node, InputDefinition& definition, const Recipe& recipe) {
    Source source;
    if (!node.is_object()) {
      file_.error(node, "a source is an object");
      return source;
    }
    constexpr std::array<std::string_view, 5> kKinds = {"path", "question", "store", "default", "classify"};
    std::size_t kinds = 0;
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
      if (!node[kKinds[i]]) continue;
      ++kinds;
      source.kind = static_cast<SourceKind>(i);
    }
    if (kinds != 1) {
      file_.error(node, "a source has exactly one of " + one_of(kKinds));
      return source;
    }
    switch (source.kind) {
      case SourceKind::kPath:
        read_path(node, definition, recipe, source);
        break;
      case SourceKind::kQuestion:
        file_.allow_only(node, {"question"});
        source.question = file_.require(node, "question", Kind::kString).text();
        if (definition.type == Type::kDocuments) file_.error(node, "no answer is a document");
        if (definition.question.empty()) definition.question = source.question;
        break;
      case SourceKind::kStore:
        read_store(node, definition, source);
        break;
      case SourceKind::kDefault:
        file_.allow_only(node, {"default"});
        source.fixed = value_of(node["default"], definition);
        break;
      case SourceKind::kClassify:
        read_classify(node, definition, source);
        // What answers the classified input answers its class.
        if (definition.question.empty() && source.input < definitions_.size()) {
          definition.question = definitions_[source.input].question;
        }
        break;
    }
    return source;
  }

  void read_path(json::Node node, const InputDefinition& definition, const Recipe& recipe, Source& source) {
    file_.allow_only(node, {"path", "transform", "codes", "document", "c-cda", "fallback"});
    source.program = expressions_.compile(file_.require(node, "path", Kind::kString));
    if (const json::Node fallback = file_.optional(node, "fallback", Kind::kTrue)) {
      source.fallback = fallback.is_true();
      if (recipe.rule == Rule::kFirst) file_.error(fallback, "with the rule \"first\" every source is a fallback");
      if (recipe.sources.empty()) file_.error(fallback, "no source stands above that this one could stand in for");
    }
    const json::Node transform = file_.optional(node, "transform", Kind::kString);
    if (transform) {
      const auto found = std::find_if(kTransforms.begin(), kTransforms.end(),
                                      [&](const TransformName& entry) { return entry.name == transform.text(); });
      if (found == kTransforms.end()) {
        std::vector<std::string_view> names;
        names.reserve(kTransforms.size());
        for (const TransformName& entry : kTransforms) names.push_back(entry.name);
        file_.error(transform, "unknown transform; known: " + one_of(names));
      } else if (found->type != definition.type) {
        file_.error(transform, "this transform makes an input of type " + std::string(to_string(found->type)));
      } else {
        source.transform = found->transform;
        if (source.transform == Transform::kQuantity && !fhirpath::ucum::parse(definition.unit)) {
          file_.error(transform, "a quantity is turned into the input's \"unit\", which must be a UCUM code");
        }
      }
    }
    for (const json::Node code : file_.optional(node, "codes", Kind::kObject)) {
      source.codes.emplace(code.key(), value_of(code, definition));
    }
    if (node["codes"] && recipe.systems.empty()) file_.error(node, "\"codes\" need the input's \"systems\"");
    read_ccda_part(node, definition, source);
    if (definition.type == Type::kDocuments) {
      std::vector<std::string> kinds;
      for (const DocumentKind& kind : compiled_.document_kinds) kinds.push_back(kind.name);
      const auto kind = index_of(file_, file_.require(node, "document", Kind::kString), kinds);
      source.document_kind = kind.value_or(0);
      source.transform = Transform::kSupportsItem;
    } else if (node["document"]) {
      file_.error(node["document"], "only an input of type documents has it");
    }
  }

  void read_ccda_part(json::Node node, const InputDefinition& definition, Source& source) {
    const json::Node part = file_.optional(node, "c-cda", Kind::kString);
    if (!part) return;
    constexpr std::array<std::string_view, 2> kParts = {"problems", "medications"};
    const auto index = index_of(file_, part, kParts);
    source.ccda = index == 1 ? CcdaPart::kMedications : CcdaPart::kProblems;
    const bool takes_codes = definition.type == Type::kCode || definition.type == Type::kCodes || !source.codes.empty();
    if (!takes_codes || source.transform != Transform::kNone)
      file_.error(part, "a C-CDA gives codes, and nothing else");
  }

  void read_store(json::Node node, const InputDefinition& definition, Source& source) {
    file_.allow_only(node, {"store", "code"});
    constexpr std::array<std::string_view, 1> kFacts = {"next-month"};
    index_of(file_, node["store"], kFacts);
    if (definition.type != Type::kInteger) file_.error(node["store"], "this makes an input of type integer");
    source.input = earlier_input(file_.require(node, "code", Kind::kString), {Type::kText, Type::kCode});
  }

  void read_classify(json::Node node, const InputDefinition& definition, Source& source) {
    file_.allow_only(node, {"classify", "classes", "otherwise"});
    source.input = earlier_input(node["classify"], {Type::kCodes});
    if (definition.type != Type::kWord) file_.error(node["classify"], "this makes an input of type word");
    for (const json::Node name : file_.require(node, "classes", Kind::kArray)) {
      if (!value_sets_.has_set(name.text()))
        file_.error(name, "unknown value set \"" + std::string(name.text()) + "\"");
      index_of(file_, name, definition.values);
      source.classes.emplace_back(name.text());
    }
    const json::Node otherwise = file_.require(node, "otherwise", Kind::kString);
    index_of(file_, otherwise, definition.values);
    source.otherwise = otherwise.text();
  }

  std::size_t earlier_input(json::Node name, std::initializer_list<Type> types) {
    for (std::size_t i = 0; name && i < definitions_.size(); ++i) {
      if (definitions_[i].name != name.text()) continue;
      if (std::find(types.begin(), types.end(), definitions_[i].type) == types.end()) {
        file_.error(name, "the input \"" + definitions_[i].name + "\" is of another type");
      }
      return i;
    }
    if (name) file_.error(name, "no input of this name stands above");
    return 0;
  }

  // A value of the input's type, as JSON text.
  std::string value_of(json::Node node, const InputDefinition& definition) {
    bool fits = false;
    switch (definition.type) {
      case Type::kCode:
      case Type::kText:
        fits = node.is_string();
        break;
      case Type::kWord:
        fits = index_of(file_, node, definition.values).has_value();
        if (!fits) return {};
        break;
      case Type::kInteger:
        fits = node.is_number() && node.text().find_first_not_of("-0123456789") == std::string_view::npos;
        break;
      case Type::kDecimal:
        fits = node.is_number();
        break;
      case Type::kBoolean:
        fits = node.is_boolean();
        break;
      case Type::kCodes:
      case Type::kDocuments:
        break;
    }
    if (!fits) {
      file_.error(node, "a value of type " + std::string(to_string(definition.type)) + " belongs here");
      return {};
    }
    return node.is_string() ? json_string(node.text()) : std::string(node.text());
  }

  DataFile& file_;
  const ValueSets& value_sets_;
  ExpressionLoader& expressions_;
  std::vector<InputDefinition>& definitions_;
  CompiledCatalog& compiled_;
};

// "drug.value" cannot be told from the value of "drug" in the inputs document.
void check_nesting(DataFile& file, const std::vector<InputDefinition>& definitions) {
  for (const InputDefinition& outer : definitions) {
    for (std::size_t i = 0; i < definitions.size(); ++i) {
      const std::string clash = outer.name + ".value";
      if (definitions[i].name == clash || definitions[i].name.starts_with(clash + ".")) {
        file.error(file.root()["inputs"].at(i)["name"],
                   "\"" + clash + "\" is where the value of \"" + outer.name + "\" stands");
      }
    }
  }
}

}  // namespace

ExpressionLoader::ExpressionLoader(DataFile& file, const ValueSets& value_sets)
    : file_(file), value_sets_(value_sets), variables_{"claim", "item", "patient", "coverage", "requestDate"} {}

std::optional<fhirpath::Program> ExpressionLoader::compile(json::Node string) {
  if (!string.is_string()) return std::nullopt;
  const std::vector<std::string_view> names(variables_.begin(), variables_.end());
  fhirpath::CompileOptions options;
  options.variables = names;
  options.strict = true;
  auto program = fhirpath::Program::compile(string.text(), options);
  if (!program) {
    file_.error_inside(string, program.error().position, program.error().message);
    return std::nullopt;
  }
  if (const auto unknown = find_unknown_set(string.text(), value_sets_)) {
    file_.error_inside(string, unknown->position, "unknown value set \"" + unknown->name + "\"");
    return std::nullopt;
  }
  return std::move(*program);
}

void load_catalog(DataFile& file, const ValueSets& value_sets, std::vector<InputDefinition>& definitions,
                  CompiledCatalog& compiled) {
  const json::Node root = file.root();
  file.allow_only(root, {"title", "variables", "questionnaireResponses", "documentKinds", "people", "inputs"});
  file.optional(root, "title", Kind::kString);
  ExpressionLoader expressions(file, value_sets);
  for (const json::Node member : file.optional(root, "variables", Kind::kObject)) {
    if (!member.is_string()) {
      file.error(member, "a variable is a FHIRPath expression, a string");
      continue;
    }
    auto program = expressions.compile(member);
    expressions.declare(member.key());
    if (program) compiled.variables.push_back({std::string(member.key()), std::move(*program)});
  }
  compiled.responses = expressions.compile(file.optional(root, "questionnaireResponses", Kind::kString));
  load_document_kinds(file, value_sets, expressions, compiled);
  InputLoader loader(file, value_sets, expressions, definitions, compiled);
  for (const json::Node node : file.require(root, "inputs", Kind::kArray)) loader.read(node);
  check_nesting(file, definitions);
}

}  // namespace pas::inputs
