#include "fhir/definitions/builtin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "fhir/definitions/compiler.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using definitions::PackageId;

struct Built {
  PackageId id;
  std::string table;
  std::vector<std::string> remarks;
};

// Each built on those before it.
std::vector<Built> compile_all(const std::filesystem::path& folder) {
  const char* names[] = {"hl7.fhir.r4.core-4.0.1",       "hl7.fhir.uv.extensions.r4-5.2.0",
                         "hl7.fhir.us.core-3.1.1",       "hl7.fhir.us.core-6.1.0",
                         "hl7.fhir.us.core-7.0.0",       "hl7.fhir.us.davinci-pas-2.0.1",
                         "hl7.fhir.us.davinci-pas-2.2.1"};
  std::vector<Built> built;
  std::vector<std::shared_ptr<const definitions::table::Table>> tables;
  std::vector<std::filesystem::path> paths;
  for (const char* name : names) paths.push_back(folder / (std::string(name) + ".tgz"));
  paths.push_back(support::repo_path("fhir/definitions/supplement"));
  for (const std::filesystem::path& path : paths) {
    const auto package = definitions::read_package(path);
    EXPECT_TRUE(package) << package.error().message;
    if (!package) return built;
    const auto known = definitions::DefinitionSet::link(tables);
    auto compiled = definitions::compile(*package, known.get());
    const auto table = definitions::table::Table::open(compiled.table);
    EXPECT_TRUE(table) << path;
    if (!table) return built;
    tables.insert(tables.begin(), *table);
    built.push_back({package->id, std::move(compiled.table), std::move(compiled.remarks)});
  }
  return built;
}

// The committed tables are what the compiler makes of the packages.
TEST(Builtin, AreWhatThePackagesGive) {
  PAS_SHARED_OR_SKIP(folder, "conformance/packages");
  for (const Built& built : compile_all(folder)) {
    EXPECT_THAT(built.remarks, testing::IsEmpty()) << built.id.to_string();
    if (std::getenv("PAS_WRITE_TABLES") != nullptr) {
      const auto path =
          support::repo_path("fhir/definitions/tables/" + built.id.name + "-" + built.id.version + ".pasdef");
      std::ofstream(path, std::ios::binary) << definitions::table::compress(built.table);
      continue;
    }
    const auto stored = definitions::table::decompress(definitions::builtin_table(built.id.to_string()));
    ASSERT_TRUE(stored) << built.id.to_string();
    EXPECT_TRUE(*stored == built.table) << built.id.to_string() << ": differs from the package";
  }
}

}  // namespace
}  // namespace pas
