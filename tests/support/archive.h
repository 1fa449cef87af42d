#pragma once
// Members of a .tgz below PAS_SHARED, read in place.

#include <filesystem>
#include <map>
#include <string>

namespace pas::support {

// Path to content of every member whose path starts with `prefix` and ends with `suffix`; fails the test when the
// archive cannot be read.
std::map<std::string, std::string> read_archive(const std::filesystem::path& path, const std::string& prefix,
                                                const std::string& suffix);

}  // namespace pas::support
