#include "adapter/auth/toml_file.h"

#include <algorithm>
#include <filesystem>

namespace pas::auth {

base::Result<TomlFile> TomlFile::open(const std::string& file) {
  try {
    return TomlFile(file, toml::parse_file(file));
  } catch (const toml::parse_error& error) {
    const auto line = error.source().begin.line;
    return base::invalid(file + (line == 0 ? "" : ":" + std::to_string(line)) + ": " +
                         std::string(error.description()));
  }
}

std::string TomlFile::faults() {
  std::stable_sort(faults_.begin(), faults_.end(),
                   [](const Fault& left, const Fault& right) { return left.line < right.line; });
  std::string text;
  for (const Fault& fault : faults_) {
    text += (text.empty() ? "" : "\n") + file_ + ":" + std::to_string(fault.line) + ": " + fault.what;
  }
  return text;
}

std::string TomlFile::text_of(const toml::node& node, const std::string& name) {
  if (const auto* text = node.as_string()) return text->get();
  fault(node, name + ": a text is wanted");
  return {};
}

std::vector<std::string> TomlFile::texts_of(const toml::node& node, const std::string& name) {
  std::vector<std::string> texts;
  const toml::array* array = node.as_array();
  if (array == nullptr) fault(node, name + ": a list of texts is wanted");
  for (const toml::node& each : array == nullptr ? toml::array() : *array) {
    const auto* text = each.as_string();
    if (text == nullptr) fault(node, name + ": each must be a text");
    if (text != nullptr) texts.push_back(text->get());
  }
  return texts;
}

std::string TomlFile::path_of(const std::string& named) const {
  return (std::filesystem::path(file_).parent_path() / named).string();
}

}  // namespace pas::auth
