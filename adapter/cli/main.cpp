// pas-adapter: prior authorization by HL7 Da Vinci PAS. One binary, a subcommand for each job.

#include <filesystem>
#include <iostream>

#include "adapter/cli/commands.h"

int main(int argc, char** argv) {
  CLI::App app("Prior authorization by HL7 Da Vinci PAS", "pas-adapter");
  app.require_subcommand(1);
  app.set_version_flag("--version", PAS_VERSION);
  int exit_code = pas::cli::kDone;
  pas::cli::add_serve(app, exit_code);
  pas::cli::add_evaluate(app, exit_code);
  pas::cli::add_report(app, exit_code);
  pas::cli::add_route(app, exit_code);
  pas::cli::add_submit(app, exit_code);
  pas::cli::add_validate(app, exit_code);
  pas::cli::add_definitions(app, exit_code);
  pas::cli::add_fhirpath(app, exit_code);
  pas::cli::add_policy(app, exit_code);
  pas::cli::add_decisions(app, exit_code);
  pas::cli::add_migrate(app, exit_code);
  pas::cli::add_store(app, exit_code);
  pas::cli::add_admin(app, exit_code);
  pas::cli::add_audit(app, exit_code);
  pas::cli::add_conformance(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? pas::cli::kDone : pas::cli::kUsage;
  } catch (const std::filesystem::filesystem_error& error) {  // a folder that was named cannot be walked
    std::cerr << "pas-adapter: " << error.what() << "\n";
    return pas::cli::kUsage;
  } catch (const std::exception& error) {
    std::cerr << "pas-adapter: " << error.what() << "\n";
    return pas::cli::kFailed;
  }
  return exit_code;
}
