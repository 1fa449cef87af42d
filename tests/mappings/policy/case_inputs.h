#pragma once
// What the tests of policies share: inputs written as JSON, and policies directories with one thing changed.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "fhir/json/document.h"
#include "mappings/inputs/catalog.h"
#include "mappings/inputs/input_set.h"
#include "mappings/policy/policy.h"

namespace pas::support {

// As mappings/policy/written_inputs.h says; fails the test for what cannot be.
inputs::InputSet inputs_of(const inputs::Catalog& catalog, const std::string& json);

// Loads a policies directory; fails the test, and is null, when it is refused.
std::shared_ptr<const policy::PolicySet> load_policies(const std::filesystem::path& directory);

// A copy of a policies directory in a folder of this test's own, which is removed at the end.
class PolicyCopy {
 public:
  explicit PolicyCopy(const std::filesystem::path& original);
  ~PolicyCopy();
  PolicyCopy(const PolicyCopy&) = delete;
  PolicyCopy& operator=(const PolicyCopy&) = delete;

  const std::filesystem::path& directory() const { return directory_; }
  std::string read(const std::string& file) const;
  void write(const std::string& file, const std::string& text) const;
  // Replaces the only occurrence of `find`; fails the test when there is none or more.
  void edit(const std::string& file, const std::string& find, const std::string& replace) const;

 private:
  std::filesystem::path directory_;
};

// Parses a file of the repository; fails the test when it is not JSON.
json::Document read_json(const std::filesystem::path& path);

}  // namespace pas::support
