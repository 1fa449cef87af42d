// migrate, store verify, export, import and purge: what an operator does to a store while no request runs.

#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include "adapter/cli/commands.h"
#include "adapter/cli/files.h"
#include "adapter/cli/retention_options.h"
#include "adapter/service/retention.h"
#include "adapter/store/archive.h"
#include "adapter/store/migration.h"
#include "adapter/store/store.h"

namespace pas::cli {
namespace {

int fail(const base::Error& error) {
  std::cerr << "pas-adapter: " << error.message << "\n";
  return error.code == base::ErrorCode::kUnavailable ? kFailed : kUsage;
}

int run_migrate(const std::string& specification) {
  const auto done = store::migrate_store(specification);
  if (!done) return fail(done.error());
  std::cout << store::shown(specification) << ": ";
  if (done->from == done->to) {
    std::cout << "schema " << done->to << ", up to date\n";
  } else if (done->from == 0) {
    std::cout << "made, schema " << done->to << "\n";
  } else {
    std::cout << "schema " << done->from << " -> " << done->to << "\n";
  }
  return kDone;
}

int run_verify(const std::string& specification) {
  const auto opened = open_existing_store(specification);
  if (!opened) return fail(opened.error());
  const auto faults = (*opened)->verify();
  if (!faults) return fail(faults.error());
  for (const std::string& fault : *faults) std::cout << fault << "\n";
  if (faults->empty()) std::cout << store::shown(specification) << ": sound\n";
  return faults->empty() ? kDone : kFailed;
}

int run_export(const std::string& specification, const std::string& file) {
  std::ofstream out;
  if (!file.empty()) out.open(file, std::ios::binary);
  if (!file.empty() && !out) {
    std::cerr << "pas-adapter: " << file << " cannot be written\n";
    return kUsage;
  }
  const auto rows = store::export_store(specification, file.empty() ? std::cout : out);
  if (!rows) return fail(rows.error());
  std::cerr << store::shown(specification) << ": " << *rows << " rows\n";
  return kDone;
}

int run_import(const std::string& specification, const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    std::cerr << "pas-adapter: " << file << " cannot be read\n";
    return kUsage;
  }
  const auto rows = store::import_store(specification, in);
  if (!rows) return fail(rows.error());
  std::cout << store::shown(specification) << ": " << *rows << " rows\n";
  return run_verify(specification);
}

int run_purge(const std::string& specification, std::chrono::seconds age, bool dry_run) {
  const auto opened = open_existing_store(specification);
  if (!opened) return fail(opened.error());
  const store::Retention retention = service::retention_at(base::SystemClock().now(), age);
  const auto purged = service::for_each_expired(
      **opened, retention,
      [&](const store::Chain& chain) {
        return dry_run ? base::Result<int>(chain.cases) : (*opened)->purge(chain.first_id, retention);
      },
      [] { return true; });
  if (!purged) return fail(purged.error());
  std::cout << store::shown(specification) << ": " << purged->cases << " cases in " << purged->chains << " chains "
            << (dry_run ? "would be removed\n" : "removed\n");
  return kDone;
}

CLI::App* add_with_store(CLI::App& app, const char* name, const char* about, std::string& specification) {
  CLI::App* command = app.add_subcommand(name, about);
  command->add_option("--store", specification, "sqlite:FILE or postgres:CONNINFO")
      ->envname("PAS_STORE")
      ->capture_default_str();
  return command;
}

}  // namespace

void add_migrate(CLI::App& app, int& exit_code) {
  const auto specification = std::make_shared<std::string>("sqlite:pas-adapter.db");
  CLI::App* command = add_with_store(app, "migrate", "Bring a store's schema up to date", *specification);
  command->footer(
      "serve does the same when it starts; this is for a database whose tables serve may not create. A schema of a\n"
      "newer adapter is refused and left as it is.\n"
      "Exit code: 0 up to date; 1 the store cannot be had now; 2 wrong call, or not a store that this adapter knows.");
  command->callback([specification, &exit_code] { exit_code = run_migrate(*specification); });
}

void add_store(CLI::App& app, int& exit_code) {
  CLI::App* store = app.add_subcommand("store", "Look after a store");
  store->require_subcommand(1);
  {
    const auto specification = std::make_shared<std::string>("sqlite:pas-adapter.db");
    const auto file = std::make_shared<std::string>();
    CLI::App* command =
        add_with_store(*store, "export", "Write all that a store holds as lines of JSON", *specification);
    command->add_option("--to", *file, "File; without it standard output. It holds patient data");
    command->footer("Exit code: 0 done; 1 the store cannot be had now, or a write failed; 2 wrong call.");
    command->callback([specification, file, &exit_code] { exit_code = run_export(*specification, *file); });
  }
  {
    const auto specification = std::make_shared<std::string>("sqlite:pas-adapter.db");
    const auto file = std::make_shared<std::string>();
    CLI::App* command = add_with_store(*store, "import", "Fill an empty store with what export wrote", *specification);
    command->add_option("file", *file, "What export wrote")->required();
    command->footer(
        "All or nothing; the store is verified at the end. A SQLite file is made if it is not there.\n"
        "Exit code: 0 done and sound; 1 not sound, or the store cannot be had now; 2 wrong call, or a wrong file.");
    command->callback([specification, file, &exit_code] { exit_code = run_import(*specification, *file); });
  }
  {
    const auto specification = std::make_shared<std::string>("sqlite:pas-adapter.db");
    const auto age = std::make_shared<std::string>();
    const auto dry_run = std::make_shared<bool>(false);
    CLI::App* command = add_with_store(*store, "purge", "Remove closed cases that had their time", *specification);
    add_retention_option(*command, "--older-than", *age,
                         "Since their last change and service, a number of s, m, h or d (2555d)")
        ->required();
    command->add_flag("--dry-run", *dry_run, "Only tell how many they are");
    command->footer(
        "As serve --retain does: a chain of updates goes as a whole, no sooner than six months after its last "
        "service;\n"
        "never one that is pended, or whose messages wait to be sent. No adapter may have a SQLite store open.\n"
        "Exit code: 0 done; 1 the store cannot be had now; 2 wrong call, or no such store.");
    command->callback([=, &exit_code] { exit_code = run_purge(*specification, retention_age(*age), *dry_run); });
  }
  const auto specification = std::make_shared<std::string>("sqlite:pas-adapter.db");
  CLI::App* command = add_with_store(*store, "verify", "Read everything and list what is wrong", *specification);
  command->footer(
      "Names cases, never content. No adapter may have a SQLite store open.\n"
      "Exit code: 0 sound; 1 a fault, or the store cannot be had now; 2 wrong call, or no such store.");
  command->callback([specification, &exit_code] { exit_code = run_verify(*specification); });
}

}  // namespace pas::cli
