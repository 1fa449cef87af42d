// fhirpath: evaluates an expression on resources and shows what it finds, with its place and type.

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapter/cli/commands.h"
#include "adapter/cli/files.h"
#include "fhir/base/clock.h"
#include "fhir/definitions/builtin.h"
#include "fhir/fhirpath/fhirpath.h"
#include "fhir/json/writer.h"
#include "fhir/validation/validator.h"

namespace pas::cli {
namespace {

using fhirpath::Item;

struct FhirpathOptions {
  std::string expression;
  std::vector<std::string> files;
  bool shows_trace = false;
  bool shows_types = false;
};

// Standard output in colors on a terminal; as it is for a file, a pipe, or with NO_COLOR set (no-color.org).
class Palette {
 public:
  Palette() {
    const char* const no_color = std::getenv("NO_COLOR");
    is_on_ = ::isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
  }
  std::string path(std::string_view text) const { return painted("36", text); }
  std::string type(std::string_view text) const { return painted("2", text); }
  std::string title(std::string_view text) const { return painted("1", text); }

 private:
  std::string painted(std::string_view code, std::string_view text) const {
    if (!is_on_) return std::string(text);
    std::string colored("\x1b[");
    return colored.append(code).append("m").append(text).append("\x1b[0m");
  }

  bool is_on_ = false;
};

// "no function foo() (line 1, column 6)" and below it the line with its caret.
std::string describe(const fhirpath::Diagnostic& error, std::string_view expression) {
  std::string text = error.message + " (" + error.place(expression) + ")\n";
  const std::string caret = error.caret(expression);
  const std::size_t line = caret.find('\n') + 1;
  return text.append("  ").append(caret, 0, line).append("  ").append(caret, line).append("\n");
}

// Elements and strings as JSON, so that nothing in them moves the cursor; dates and times as FHIRPath's literals.
std::string value_of(const Item& item) {
  json::Writer out;
  if (item.is_node()) return std::string(out.node(item.node()).view());
  if (const auto text = item.string()) return std::string(out.string(*text).view());
  const auto temporal = item.temporal();
  if (!temporal) return item.to_string();
  const std::string text = temporal->to_string();
  const bool is_time = item.kind() == fhirpath::Kind::kTime;
  const bool is_day = item.kind() == fhirpath::Kind::kDateTime && text.find('T') == std::string::npos;
  return (is_time ? "@T" : "@") + text + (is_day ? "T" : "");
}

// Patient.name[0].given[1], also where only "_given" holds it.
std::string path_of(const Item& item) {
  std::string path = item.node().path();
  const std::size_t mark = item.is_companion() ? path.rfind("._") : std::string::npos;
  return mark == std::string::npos ? path : path.erase(mark + 1, 1);
}

std::optional<bool> is_member(const definitions::ValueSet& set, json::Node coded) {
  if (coded.is_string()) return set.contains_code(coded.text());
  if (!coded["coding"]) return set.contains(coded["system"].text(), coded["code"].text());
  bool is_known = true;
  for (const json::Node coding : coded["coding"]) {
    const auto member = is_member(set, coding);
    if (member == true) return true;
    is_known = is_known && member.has_value();
  }
  return is_known ? std::optional(false) : std::nullopt;
}

// One expression on one document after the other.
class Session {
 public:
  Session(const FhirpathOptions& options, std::shared_ptr<const definitions::DefinitionSet> definitions,
          std::size_t files)
      : options_(options),
        definitions_(std::move(definitions)),
        validator_(definitions_),
        has_titles_(files > 1),
        indent_(has_titles_ ? "  " : "") {}

  // What was found, ready to print; what went wrong joins errors().
  std::string report(const std::string& name, std::string bytes) {
    std::string out;
    evaluate(name, std::move(bytes), out);
    return has_titles_ && !out.empty() ? palette_.title(name) + "\n" + out : out;
  }

  std::string summary(std::size_t files) const {
    return std::to_string(files) + " files: " + std::to_string(found_) + " items, " + std::to_string(failures_) +
           " failed\n";
  }
  const std::string& errors() const { return errors_; }

 private:
  void evaluate(const std::string& name, std::string bytes, std::string& out) {
    const std::string source = bytes;  // the document unescapes in place
    const auto document = json::Document::parse(std::move(bytes));
    if (!document) {
      const json::Location at = json::locate(source, document.error().offset);
      return fail(name, document.error().message + " (line " + std::to_string(at.line) + ", column " +
                            std::to_string(at.column) + ")\n");
    }
    const auto& program = program_for(document->root()["resourceType"].text());
    if (!program) return fail(name, describe(program.error(), options_.expression));
    const json::BundleIndex index(document->root());
    fhirpath::Evaluation evaluation(environment(index, out));
    const auto items = evaluation.run(*program, document->root());
    if (!items) return fail(name, describe(items.error(), options_.expression));
    for (const Item& item : *items) out.append(indent_).append(line_of(item));
    if (items->empty()) out.append(indent_).append("{}\n");
    found_ += items->size();
  }

  void fail(const std::string& name, std::string_view message) {
    ++failures_;
    errors_.append("pas-adapter: ").append(name).append(": ").append(message);
  }

  std::string line_of(const Item& item) const {
    std::string line;
    if (options_.shows_types) {
      std::string space = item.is_node() ? "FHIR." : "System.";
      line.append(palette_.type(space.append(item.type_name(&definitions_->model())))).append("  ");
    }
    if (item.is_node()) line.append(palette_.path(path_of(item))).append("  ");
    return line.append(value_of(item)).append("\n");
  }

  // The analysis knows the type of what it is compiled for.
  const fhirpath::Outcome<fhirpath::Program>& program_for(std::string_view resource_type) {
    const bool is_known = definitions_->model().find_type(resource_type) != fhirpath::kNoType;
    const std::string type(is_known ? resource_type : "");
    const auto found = programs_.find(type);
    if (found != programs_.end()) return found->second;
    const fhirpath::CompileOptions options{.model = &definitions_->model(), .context_type = type};
    return programs_.emplace(type, fhirpath::Program::compile(options_.expression, options)).first->second;
  }

  fhirpath::Environment environment(const json::BundleIndex& index, std::string& out) {
    fhirpath::Environment environment;
    environment.model = &definitions_->model();
    environment.index = &index;
    environment.now = base::SystemClock().now();
    environment.member_of = [this](const Item& item, std::string_view url) -> std::optional<bool> {
      const definitions::ValueSet set = definitions_->find_value_set(url);
      return set && item.is_node() ? is_member(set, item.node()) : std::nullopt;
    };
    environment.conforms_to = [this](const Item& item, std::string_view url) -> std::optional<bool> {
      if (!definitions_->find_structure(url) || !item.node()["resourceType"]) return std::nullopt;
      validation::Options validation;
      validation.profiles.emplace_back(url);
      return !validator_.validate(json::BundleIndex(item.node()), validation).has_errors();
    };
    if (!options_.shows_trace) return environment;
    environment.trace = [this, &out](std::string_view name, std::span<const Item> items) {
      out.append(indent_).append("trace ").append(name).append(items.empty() ? ": {}\n" : ":\n");
      for (const Item& item : items) out.append(indent_).append("  ").append(line_of(item));
    };
    return environment;
  }

  const FhirpathOptions& options_;
  std::shared_ptr<const definitions::DefinitionSet> definitions_;
  validation::Validator validator_;
  std::map<std::string, fhirpath::Outcome<fhirpath::Program>> programs_;
  const Palette palette_;
  const bool has_titles_;
  const std::string_view indent_;
  std::size_t found_ = 0;
  std::size_t failures_ = 0;
  std::string errors_;
};

int run_fhirpath(const FhirpathOptions& options) {
  const auto definitions = definitions::builtin_definitions(definitions::builtin_packages());
  if (!definitions) {
    std::cerr << "pas-adapter: " << definitions.error().message << "\n";
    return kFailed;
  }
  // What is wrong for every type is told before a file is read.
  const auto program = fhirpath::Program::compile(options.expression, {.model = &(*definitions)->model()});
  if (!program) {
    std::cerr << "pas-adapter: " << describe(program.error(), options.expression);
    return kUsage;
  }
  const auto paths = expand(options.files);
  if (!paths) {
    std::cerr << "pas-adapter: " << paths.error().message << "\n";
    return kUsage;
  }
  Session session(options, *definitions, paths->size());
  std::string unreadable;
  print_each(*paths, [&](const std::string& path) -> std::string {
    auto bytes = read_all(path);
    if (bytes) return session.report(path, std::move(*bytes));
    unreadable.append("pas-adapter: ").append(bytes.error().message).append("\n");
    return {};
  });
  if (paths->size() > 1) std::cout << session.summary(paths->size());
  std::cerr << session.errors() << unreadable;
  if (!unreadable.empty()) return kUsage;
  return session.errors().empty() ? kDone : kFailed;
}

}  // namespace

void add_fhirpath(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<FhirpathOptions>();
  CLI::App* command = app.add_subcommand("fhirpath", "Evaluate a FHIRPath expression on resources");
  command->add_option("expression", options->expression, "FHIRPath, such as Patient.name.family")->required();
  command->add_option("files", options->files, "Files, or folders with their *.json; - is standard input")->required();
  command->add_flag("--trace", options->shows_trace, "Show the collections that pass trace(), before the result");
  command->add_flag("--type", options->shows_types, "Show each item's type: FHIR's of an element, System's of a value");
  command->footer(
      "Shows each item's place, if it is an element, and its value; {} is an empty result. The focus is the resource.\n"
      "resolve() finds resources of the same bundle; memberOf() and conformsTo() know the packages that are built in.\n"
      "Colors are for a terminal only; NO_COLOR=1 turns them off.\n"
      "Exit code: 0 done; 1 the evaluation failed or a file is not JSON; 2 wrong call or expression, or a file cannot\n"
      "be read.");
  command->callback([options, &exit_code] { exit_code = run_fhirpath(*options); });
}

}  // namespace pas::cli
