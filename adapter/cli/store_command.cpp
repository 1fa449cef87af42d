// migrate, store verify, export, import, purge and rekey: what an operator does to a store while no request runs.

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
#include "adapter/store/rekey.h"
#include "adapter/store/store.h"

namespace pas::cli {
namespace {

int fail(const base::Error& error) {
  std::cerr << "pas-adapter: " << error.message << "\n";
  return error.code == base::ErrorCode::kUnavailable ? kFailed : kUsage;
}

// The store that a command is about.
struct Place {
  std::string specification = "sqlite:pas-adapter.db";
  std::string keys;  // file
};

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

int run_verify(const Place& place) {
  const auto opened = open_existing_store(place.specification, place.keys);
  if (!opened) return fail(opened.error());
  const auto faults = (*opened)->verify();
  if (!faults) return fail(faults.error());
  for (const std::string& fault : *faults) std::cout << fault << "\n";
  if (faults->empty()) std::cout << store::shown(place.specification) << ": sound\n";
  return faults->empty() ? kDone : kFailed;
}

int run_export(const Place& place, const std::string& file) {
  const auto keys = load_store_keys(place.keys);
  if (!keys) return fail(keys.error());
  std::ofstream out;
  if (!file.empty()) out.open(file, std::ios::binary);
  if (!file.empty() && !out) {
    std::cerr << "pas-adapter: " << file << " cannot be written\n";
    return kUsage;
  }
  const auto rows = store::export_store(place.specification, file.empty() ? std::cout : out, *keys);
  if (!rows) return fail(rows.error());
  std::cerr << store::shown(place.specification) << ": " << *rows << " rows\n";
  return kDone;
}

int run_import(const Place& place, const std::string& file) {
  const auto keys = load_store_keys(place.keys);
  if (!keys) return fail(keys.error());
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    std::cerr << "pas-adapter: " << file << " cannot be read\n";
    return kUsage;
  }
  const auto rows = store::import_store(place.specification, in, *keys);
  if (!rows) return fail(rows.error());
  std::cout << store::shown(place.specification) << ": " << *rows << " rows\n";
  return run_verify(place);
}

int run_rekey(const Place& place) {
  const auto keys = load_store_keys(place.keys);
  if (!keys) return fail(keys.error());
  if (const auto opened = open_existing_store(place.specification, place.keys); !opened) return fail(opened.error());
  const auto done = store::rekey_store(place.specification, *keys);
  if (!done) return fail(done.error());
  std::cout << store::shown(place.specification) << ": " << done->sealed << " of " << done->texts
            << " texts sealed anew, all with the key " << (*keys)->first() << "\n";
  return kDone;
}

int run_purge(const Place& place, std::chrono::seconds age, bool dry_run) {
  const auto opened = open_existing_store(place.specification, place.keys);
  if (!opened) return fail(opened.error());
  const store::Retention retention = service::retention_at(base::SystemClock().now(), age);
  const auto purged = service::for_each_expired(
      **opened, retention,
      [&](const store::Chain& chain) {
        return dry_run ? base::Result<int>(chain.cases) : (*opened)->purge(chain.first_id, retention);
      },
      [] { return true; });
  if (!purged) return fail(purged.error());
  if (!dry_run) {
    if (const auto exchanges = (*opened)->purge_exchanges(retention.changed_before_ms); !exchanges) {
      return fail(exchanges.error());
    }
  }
  std::cout << store::shown(place.specification) << ": " << purged->cases << " cases in " << purged->chains
            << " chains " << (dry_run ? "would be removed\n" : "removed\n");
  return kDone;
}

CLI::App* add_with_store(CLI::App& app, const char* name, const char* about, std::string& specification) {
  CLI::App* command = app.add_subcommand(name, about);
  command->add_option("--store", specification, "sqlite:FILE or postgres:CONNINFO")
      ->envname("PAS_STORE")
      ->capture_default_str();
  return command;
}

CLI::App* add_with_keys(CLI::App& app, const char* name, const char* about, Place& place) {
  CLI::App* command = add_with_store(app, name, about, place.specification);
  command->add_option("--store-keys", place.keys, kStoreKeysAbout)->envname("PAS_STORE_KEYS");
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
    const auto place = std::make_shared<Place>();
    const auto file = std::make_shared<std::string>();
    CLI::App* command = add_with_keys(*store, "export", "Write all that a store holds as lines of JSON", *place);
    command->add_option("--to", *file, "File; without it standard output. It holds patient data");
    command->footer("Exit code: 0 done; 1 the store cannot be had now, or a write failed; 2 wrong call.");
    command->callback([place, file, &exit_code] { exit_code = run_export(*place, *file); });
  }
  {
    const auto place = std::make_shared<Place>();
    const auto file = std::make_shared<std::string>();
    CLI::App* command = add_with_keys(*store, "import", "Fill an empty store with what export wrote", *place);
    command->add_option("file", *file, "What export wrote")->required();
    command->footer(
        "All or nothing; the store is verified at the end. A SQLite file is made if it is not there.\n"
        "Exit code: 0 done and sound; 1 not sound, or the store cannot be had now; 2 wrong call, or a wrong file.");
    command->callback([place, file, &exit_code] { exit_code = run_import(*place, *file); });
  }
  {
    const auto place = std::make_shared<Place>();
    const auto age = std::make_shared<std::string>();
    const auto dry_run = std::make_shared<bool>(false);
    CLI::App* command = add_with_keys(*store, "purge", "Remove closed cases that had their time", *place);
    add_retention_option(*command, "--older-than", *age,
                         "Since their last change and service, a number of s, m, h or d (2555d)")
        ->required();
    command->add_flag("--dry-run", *dry_run, "Only tell how many they are");
    command->footer(
        "As serve --retain does: a chain of updates goes as a whole, no sooner than six months after its last "
        "service;\n"
        "never one that is pended, or whose messages wait to be sent. No adapter may have a SQLite store open.\n"
        "Exit code: 0 done; 1 the store cannot be had now; 2 wrong call, or no such store.");
    command->callback([=, &exit_code] { exit_code = run_purge(*place, retention_age(*age), *dry_run); });
  }
  {
    const auto place = std::make_shared<Place>();
    CLI::App* command = add_with_keys(*store, "rekey", "Encrypt everything with the first of the keys", *place);
    command->get_option("--store-keys")->required();
    command->footer(
        "What was written without keys, or under those that stand behind the first, which are not needed afterwards.\n"
        "One that was broken off goes on where it was. No adapter may have a SQLite store open; on PostgreSQL those\n"
        "that serve must have the same first key.\n"
        "Exit code: 0 done; 1 a text is damaged, or the store cannot be had now; 2 wrong call, or other keys.");
    command->callback([place, &exit_code] { exit_code = run_rekey(*place); });
  }
  const auto place = std::make_shared<Place>();
  CLI::App* command = add_with_keys(*store, "verify", "Read everything and list what is wrong", *place);
  command->footer(
      "Names cases, never content. No adapter may have a SQLite store open.\n"
      "Exit code: 0 sound; 1 a fault, or the store cannot be had now; 2 wrong call, or no such store.");
  command->callback([place, &exit_code] { exit_code = run_verify(*place); });
}

}  // namespace pas::cli
