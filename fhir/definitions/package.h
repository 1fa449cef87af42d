#pragma once
// Reads a FHIR package (npm layout: package/package.json and one JSON file per resource) from a .tgz or from an
// unpacked folder, keeping only what the compiler uses: StructureDefinition, ValueSet and CodeSystem.
//
// Untrusted input: the size of an entry, their number and the unpacked size are limited. Files that are not JSON, or
// below package/example and other subfolders, are passed over; a definition that is not valid JSON is an error.

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/json/document.h"

namespace pas::definitions {

struct PackageLimits {
  std::size_t entry_bytes = std::size_t{64} << 20U;
  std::size_t total_bytes = std::size_t{1} << 30U;
  std::size_t entries = 100'000;
};

// A package's name and version, as dependency lists write it: hl7.fhir.us.core#7.0.0.
struct PackageId {
  std::string name;
  std::string version;
  std::string to_string() const { return name + "#" + version; }
  friend bool operator==(const PackageId&, const PackageId&) = default;
};

// Movable; the documents' nodes stay valid when it is moved.
struct Package {
  PackageId id;
  std::string canonical;
  std::vector<PackageId> dependencies;  // in the order of the package, aliases (name.v311) resolved
  std::vector<json::Document> structures;
  std::vector<json::Document> value_sets;
  std::vector<json::Document> code_systems;
};

// `path` is a .tgz file, a folder holding package.json, or a folder holding package/package.json.
base::Result<Package> read_package(const std::filesystem::path& path, const PackageLimits& limits = {});

// What lies in `folder` and looks like a package, sorted: .tgz files, compiled .pasdef files, folders with a
// package.json. An error when the folder cannot be read.
base::Result<std::vector<std::filesystem::path>> packages_in(const std::filesystem::path& folder);

// Loose resources as a package of their own, for definitions that come without one. Other resource types are left out.
Package loose_package(PackageId id, std::vector<json::Document> resources);

}  // namespace pas::definitions
