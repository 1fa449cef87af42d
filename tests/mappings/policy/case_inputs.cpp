#include "tests/mappings/policy/case_inputs.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "mappings/policy/written_inputs.h"
#include "tests/support/files.h"

namespace pas::support {
namespace {

namespace fs = std::filesystem;

}  // namespace

inputs::InputSet inputs_of(const inputs::Catalog& catalog, const std::string& json) {
  const auto document = json::Document::parse(json);
  if (!document) {
    ADD_FAILURE() << document.error().message << " in " << json;
    return {};
  }
  const auto fault = policy::find_fault(catalog, document->root());
  EXPECT_FALSE(fault) << fault->message;
  return policy::read_inputs(catalog, document->root(), {});
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
