// Packages from a folder: what is found there, in which order they are compiled, and what is refused.

#include "fhir/definitions/package.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "fhir/definitions/builtin.h"
#include "fhir/definitions/compiler.h"

namespace pas {
namespace {

namespace fs = std::filesystem;

class Packages : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }

  // A profile on Patient that needs one element more than its base.
  static std::string profile(const std::string& name, const std::string& base, const std::string& element) {
    return R"({"resourceType":"StructureDefinition","url":"http://test.example/StructureDefinition/)" + name +
           R"(","name":")" + name +
           R"(","status":"active","kind":"resource","abstract":false,"type":"Patient","derivation":"constraint",)"
           R"("baseDefinition":")" +
           base + R"(","differential":{"element":[{"id":"Patient.)" + element + R"(","path":"Patient.)" + element +
           R"(","min":1}]}})";
  }

  // "a.leaf" needs "b.root", which comes after it by name.
  void write_two() const {
    write("a/package/package.json", R"({"name":"a.leaf","version":"1.0.0","dependencies":{"b.root":"1.0.0"}})");
    write("a/package/StructureDefinition-leaf.json",
          profile("leaf", "http://test.example/StructureDefinition/root", "birthDate"));
    write("b/package.json", R"({"name":"b.root","version":"1.0.0"})");
    write("b/StructureDefinition-root.json",
          profile("root", "http://hl7.org/fhir/StructureDefinition/Patient", "gender"));
  }

  static std::uint32_t least(const definitions::Structure& structure, std::string_view path) {
    for (std::size_t i = 0; i < structure.size(); ++i) {
      if (structure[i].path() == path) return structure[i].min();
    }
    return 0;
  }

  fs::path folder_ = fs::temp_directory_path() / ("pas-packages-" + std::to_string(::getpid()));
};

TEST_F(Packages, AreCompiledAfterWhatTheyNeed) {
  write_two();
  write("notes.txt", "no package");
  const auto found = definitions::packages_in(folder_);
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, (std::vector<fs::path>{folder_ / "a", folder_ / "b"}));
  std::vector<std::string> remarks;
  const auto set = definitions::load_packages(*found, definitions::builtin_definitions({}).value(), remarks);
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_THAT(remarks, testing::IsEmpty());
  const auto leaf = (*set)->find_structure("http://test.example/StructureDefinition/leaf");
  ASSERT_TRUE(leaf);
  EXPECT_EQ(least(leaf, "Patient.gender"), 1U) << "of its base";
  EXPECT_EQ(least(leaf, "Patient.birthDate"), 1U);
  EXPECT_EQ(least(leaf, "Patient.name"), 0U);
}

TEST_F(Packages, WithoutTheirBaseAreLeftOutWithARemark) {
  write_two();
  std::vector<std::string> remarks;
  const auto set = definitions::load_packages({folder_ / "a"}, definitions::builtin_definitions({}).value(), remarks);
  ASSERT_TRUE(set);
  EXPECT_THAT(remarks, testing::ElementsAre(testing::HasSubstr("StructureDefinition/root")));
  EXPECT_FALSE((*set)->find_structure("http://test.example/StructureDefinition/leaf"));
}

TEST_F(Packages, AreTakenCompiledToo) {
  write_two();
  const auto base = definitions::builtin_definitions({}).value();
  const auto package = definitions::read_package(folder_ / "b").value();
  const std::string packed = definitions::table::compress(definitions::compile(package, base.get()).table);
  write("c/b.root-1.0.0.pasdef", packed);
  std::vector<std::string> remarks;
  const auto set = definitions::load_packages({folder_ / "a", folder_ / "c" / "b.root-1.0.0.pasdef"}, base, remarks);
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_THAT(remarks, testing::IsEmpty());
  EXPECT_TRUE((*set)->find_structure("http://test.example/StructureDefinition/leaf"));
}

TEST_F(Packages, ThatAreDamagedAreRefusedByName) {
  write("bare/StructureDefinition-x.json", "{}");
  write("broken/package.json", "{");
  write("bad.tgz", "not an archive");
  write("bad.pasdef", "not a table");
  write("cut.pasdef", std::string(definitions::builtin_table(definitions::kR4Core).substr(0, 5000)));
  const auto base = definitions::builtin_definitions({}).value();
  for (const char* name : {"bare", "broken", "bad.tgz", "bad.pasdef", "cut.pasdef", "absent.tgz", "absent.pasdef"}) {
    std::vector<std::string> remarks;
    const auto set = definitions::load_packages({folder_ / name}, base, remarks);
    ASSERT_FALSE(set) << name;
    EXPECT_THAT(set.error().message, testing::HasSubstr(name));
  }
  EXPECT_FALSE(definitions::packages_in(folder_ / "absent"));
}

}  // namespace
}  // namespace pas
