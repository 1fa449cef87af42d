#include "tests/mappings/policy/case_inputs.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "tests/support/files.h"

namespace pas::support {
namespace {

namespace fs = std::filesystem;

inputs::Input input_of(const std::string& name, json::Node value) {
  inputs::Input input{name, inputs::State::kUnknown, {}, {}, {}};
  if (!value || value.is_null()) return input;
  if (const json::Node conflict = value["conflict"]) {
    input.state = inputs::State::kConflict;
    input.note = conflict.text();
    return input;
  }
  input.state = inputs::State::kKnown;
  input.value = value.to_json();
  input.sources.push_back("Bundle.entry[1].resource");
  return input;
}

}  // namespace

inputs::InputSet inputs_of(const inputs::Catalog& catalog, json::Node base, json::Node over) {
  for (const json::Node members : {base, over}) {
    for (const json::Node member : members) {
      EXPECT_NE(catalog.find(member.key()), nullptr) << "the catalog has no input " << member.key();
    }
  }
  std::vector<inputs::Input> all;
  for (const inputs::InputDefinition& definition : catalog.inputs()) {
    const json::Node own = over[definition.name];
    all.push_back(input_of(definition.name, own ? own : base[definition.name]));
  }
  return {std::move(all), {}};
}

inputs::InputSet inputs_of(const inputs::Catalog& catalog, const std::string& json) {
  const auto document = json::Document::parse(json);
  if (!document) {
    ADD_FAILURE() << document.error().message << " in " << json;
    return {};
  }
  return inputs_of(catalog, document->root());
}

std::shared_ptr<const policy::PolicySet> load_policies(const fs::path& directory) {
  auto loaded = policy::PolicySet::load(directory);
  if (loaded) return *loaded;
  for (const policy::LoadError& error : loaded.error()) ADD_FAILURE() << to_string(error);
  return nullptr;
}

PolicyCopy::PolicyCopy(const fs::path& original) {
  static int number = 0;
  directory_ =
      fs::path(testing::TempDir()) / ("policies-" + std::to_string(::getpid()) + '-' + std::to_string(++number));
  fs::copy(original, directory_, fs::copy_options::recursive);
}

PolicyCopy::~PolicyCopy() {
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

std::string PolicyCopy::read(const std::string& file) const {
  return read_file(directory_ / file);
}

void PolicyCopy::write(const std::string& file, const std::string& text) const {
  fs::create_directories((directory_ / file).parent_path());
  std::ofstream(directory_ / file, std::ios::binary) << text;
}

void PolicyCopy::edit(const std::string& file, const std::string& find, const std::string& replace) const {
  std::string text = read(file);
  const std::size_t at = text.find(find);
  ASSERT_NE(at, std::string::npos) << file << " has no " << find;
  ASSERT_EQ(text.find(find, at + 1), std::string::npos) << file << " has more than one " << find;
  write(file, text.replace(at, find.size(), replace));
}

json::Document read_json(const fs::path& path) {
  auto document = json::Document::parse(read_file(path));
  if (!document) {
    ADD_FAILURE() << path << ": " << document.error().message;
    return *json::Document::parse("{}");
  }
  return std::move(*document);
}

}  // namespace pas::support
