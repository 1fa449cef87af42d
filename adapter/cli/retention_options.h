#pragma once
// The age of closed cases at which they are removed, by `serve --retain` and `store purge --older-than`.

#include <CLI/CLI.hpp>

#include <chrono>
#include <string>

namespace pas::cli {

// A day to a hundred years; `name` as on the command line.
CLI::Option* add_retention_option(CLI::App& command, const char* name, std::string& age, const char* description);
std::chrono::seconds retention_age(const std::string& age);

}  // namespace pas::cli
