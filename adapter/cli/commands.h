#pragma once
// The subcommands of pas-adapter. Each adds its options to the command line; when it is the one that was called, its
// exit code is set: 0 done, 1 a bundle was refused or the work failed, 2 the call itself is wrong (each --help says
// more).

#include <CLI/CLI.hpp>

namespace pas::cli {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;

void add_serve(CLI::App& app, int& exit_code);
void add_evaluate(CLI::App& app, int& exit_code);
void add_report(CLI::App& app, int& exit_code);
void add_route(CLI::App& app, int& exit_code);
void add_submit(CLI::App& app, int& exit_code);
void add_validate(CLI::App& app, int& exit_code);
void add_definitions(CLI::App& app, int& exit_code);
void add_fhirpath(CLI::App& app, int& exit_code);
void add_policy(CLI::App& app, int& exit_code);
void add_decisions(CLI::App& app, int& exit_code);
void add_migrate(CLI::App& app, int& exit_code);
void add_store(CLI::App& app, int& exit_code);
void add_admin(CLI::App& app, int& exit_code);
void add_audit(CLI::App& app, int& exit_code);
void add_conformance(CLI::App& app, int& exit_code);

}  // namespace pas::cli
