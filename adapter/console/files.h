#pragma once
// What the program carries to be served as it is: the reviewer's console, the tester's page, the description of the
// admin API. Constant; any thread.

#include <string>
#include <string_view>
#include <vector>

namespace pas::console {

struct File {
  std::string_view name;          // "queue.js"
  std::string_view content_type;  // by the end of the name
  std::string_view content;
};

// All of them, by name.
const std::vector<File>& files();
// Null for a name that is none of theirs.
const File* find(std::string_view name);

// Changes when any of them does: 16 hexadecimal digits.
const std::string& edition();

}  // namespace pas::console
