#include "adapter/cli/settings.h"

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <sstream>
#include <vector>

#include "adapter/store/store.h"
#include "fhir/base/text.h"

namespace pas::cli {
namespace {

constexpr std::size_t kTypoDistance = 2;

[[noreturn]] void refuse(const std::string& message) {
  throw CLI::ParseError(message, CLI::ExitCodes::ConfigError);
}

// "body-limit-mb" -> "PAS_BODY_LIMIT_MB"
std::string variable_of(const std::string& option) {
  std::string name = "PAS_";
  for (const char c : option) name += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return name;
}

// Empty when unset.
std::string value_of(const std::string& variable) {
  const char* value = std::getenv(variable.c_str());
  return value == nullptr ? "" : value;
}

std::vector<CLI::Option*> settable(CLI::App& command) {
  return command.get_options([](const CLI::Option* option) { return option->get_configurable(); });
}

void give(CLI::Option& option, const std::string& value, const std::string& place) {
  try {
    option.add_result(value);
    option.run_callback();
  } catch (const CLI::Error& error) {
    refuse(place + ": " + error.what());
  }
}

std::string unknown_key(const std::string& key, const std::vector<CLI::Option*>& options) {
  std::string message = "unknown key \"" + key + "\"";
  for (const CLI::Option* option : options) {
    const std::string name = option->get_single_name();
    if (base::edit_distance(key, name) <= kTypoDistance) return message + "; did you mean \"" + name + "\"?";
  }
  return message;
}

std::string text_of(const toml::node& node, const std::string& place) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  refuse(place + ": a text, a whole number, true or false is wanted");
}

void read_file(const std::string& file, const std::vector<CLI::Option*>& options) {
  toml::table table;
  try {
    table = toml::parse_file(file);
  } catch (const toml::parse_error& error) {
    const auto line = error.source().begin.line;
    refuse(file + (line == 0 ? "" : ":" + std::to_string(line)) + ": " + std::string(error.description()));
  }
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    const std::string place = file + ":" + std::to_string(key.source().begin.line);
    const auto found = std::find_if(options.begin(), options.end(),
                                    [&name](const CLI::Option* option) { return option->get_single_name() == name; });
    if (found == options.end()) refuse(place + ": " + unknown_key(name, options));
    const std::string value = text_of(node, place + ": " + name);
    if ((*found)->count() == 0) give(**found, value, place);
  }
}

}  // namespace

void fill_in(CLI::App& command, const CLI::Option& config) {
  const std::vector<CLI::Option*> options = settable(command);
  for (CLI::Option* option : options) {
    const std::string name = variable_of(option->get_single_name());
    const std::string value = value_of(name);
    if (!value.empty() && option->count() == 0) give(*option, value, name);
  }
  const std::string file = config.count() > 0 ? config.as<std::string>() : value_of("PAS_CONFIG");
  if (!file.empty()) read_file(file, options);
}

std::string settings_in_force(const CLI::App& command) {
  toml::table table;
  for (const CLI::Option* option :
       command.get_options([](const CLI::Option* each) { return each->get_configurable(); })) {
    const std::string name = option->get_single_name();
    const std::string value = option->count() > 0 ? option->results().back() : option->get_default_str();
    const std::string text = name == "store" ? store::shown(value) : value;  // which may hold a password
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) {
      table.insert(name, number);
    } else if (text == "true" || text == "false") {
      table.insert(name, text == "true");
    } else {
      table.insert(name, text);
    }
  }
  std::ostringstream out;
  out << table << "\n";
  return std::move(out).str();
}

}  // namespace pas::cli
