#pragma once
// Answers kept whole, so that a change of any byte is seen in review.

#include <filesystem>
#include <string>
#include <string_view>

namespace pas::support {

// JSON text with a line for each member and element, whatever white space it came with.
std::string indent_json(std::string_view json);

// Fails the test when `json`, indented, is not the file's content. With PAS_UPDATE_GOLDEN in the environment the file
// is written instead, and the test fails once to say so.
void expect_golden(const std::filesystem::path& file, std::string_view json);

}  // namespace pas::support
