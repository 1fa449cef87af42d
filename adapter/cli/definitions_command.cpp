// definitions: FHIR packages into the tables that the adapter validates by.

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "adapter/cli/commands.h"
#include "fhir/definitions/builtin.h"
#include "fhir/definitions/compiler.h"

namespace pas::cli {
namespace {

using TablePtr = std::shared_ptr<const definitions::table::Table>;

struct CompileOptions {
  std::vector<std::string> packages;
  std::string output = ".";
};

int list() {
  for (const std::string_view package : definitions::builtin_packages()) std::cout << package << "\n";
  return kDone;
}

int fail(const std::string& message) {
  std::cerr << "pas-adapter: " << message << "\n";
  return kFailed;
}

// What the packages build on: every built-in table.
base::Result<std::shared_ptr<const definitions::DefinitionSet>> builtin() {
  return definitions::builtin_definitions(definitions::builtin_packages());
}

bool write(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << bytes << std::flush;
  return out.good();
}

int compile(const CompileOptions& options) {
  auto known = builtin();
  if (!known) return fail(known.error().message);
  auto set = *std::move(known);
  for (const std::string& path : options.packages) {
    const auto package = definitions::read_package(path);
    if (!package) return fail(package.error().message);
    const std::string id = package->id.to_string();
    const definitions::Compilation compiled = definitions::compile(*package, set.get());
    for (const std::string& remark : compiled.remarks) std::cerr << "pas-adapter: " << id << ": " << remark << "\n";
    const std::filesystem::path file =
        std::filesystem::path(options.output) / (package->id.name + "-" + package->id.version + ".pasdef");
    const std::string packed = definitions::table::compress(compiled.table);
    if (!write(file, packed)) return fail("cannot write " + file.string());
    auto opened = definitions::table::Table::open(compiled.table);
    if (!opened) return fail(id + ": " + opened.error().message);
    const TablePtr table = *std::move(opened);
    std::cout << file.string() << ": " << table->structures.size() << " structures, " << table->value_sets.size()
              << " value sets, " << table->code_systems.size() << " code systems, " << packed.size() << " bytes\n";
    std::vector<TablePtr> tables{table};
    tables.insert(tables.end(), set->tables().begin(), set->tables().end());
    set = definitions::DefinitionSet::link(std::move(tables));
  }
  return kDone;
}

}  // namespace

void add_definitions(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("definitions", "FHIR packages that resources are validated by");
  command->require_subcommand(1);
  command->add_subcommand("list", "Name the packages that are built in")->callback([&exit_code] {
    exit_code = list();
  });
  auto options = std::make_shared<CompileOptions>();
  CLI::App* compiler = command->add_subcommand("compile", "Compile packages into NAME-VERSION.pasdef, for --packages");
  compiler->add_option("packages", options->packages, ".tgz files or folders; each may need those before it")
      ->required();
  compiler->add_option("--output", options->output, "Folder to write to")
      ->check(CLI::ExistingDirectory)
      ->capture_default_str();
  compiler->footer("Exit code: 0 done; 1 a package cannot be read or a table not be written; 2 wrong call.");
  compiler->callback([options, &exit_code] { exit_code = compile(*options); });
}

}  // namespace pas::cli
