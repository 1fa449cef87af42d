#pragma once
// A subcommand's options beyond the command line. Each may also stand in the environment and in a TOML file:
//
//   --body-limit-mb 64      PAS_BODY_LIMIT_MB=64      body-limit-mb = 64
//
// The command line wins over the environment, the environment over the file. An empty variable counts as unset; a PAS_
// variable of another name is not ours to judge (Kubernetes makes such for a service named pas) and is ignored. A key
// of the file that is no option is refused.

#include <CLI/CLI.hpp>
#include <string>

namespace pas::cli {

// Told by --help.
inline constexpr const char* kSettingsFooter =
    "Each option may also stand in the environment (--body-limit-mb as PAS_BODY_LIMIT_MB) and in the --config file\n"
    "(body-limit-mb = 64). The command line wins over the environment, the environment over the file.";

// Fills in what the command line leaves out; `config` is the option that names the file (PAS_CONFIG does it too).
// Throws CLI::ParseError, as CLI11 itself does, naming the variable, or the file, line and key.
void fill_in(CLI::App& command, const CLI::Option& config);

// What is in force after fill_in, as a TOML file that would say the same.
std::string settings_in_force(const CLI::App& command);

}  // namespace pas::cli
