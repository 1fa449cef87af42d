#pragma once
// Which tests there are, and what a document names.

#include <set>
#include <string>
#include <vector>

namespace pas::support {

// "Suite.Name" of each TEST, TEST_F and TEST_P below tests/.
std::set<std::string> test_names();

// What stands between two such marks of one line.
std::vector<std::string> between(const std::string& text, char mark);

}  // namespace pas::support
