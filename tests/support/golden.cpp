#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/support/files.h"

namespace pas::support {

std::string indent_json(std::string_view json) {
  std::string out;
  std::size_t depth = 0;
  bool in_string = false;
  bool escaped = false;
  const auto new_line = [&] { out.append("\n").append(2 * depth, ' '); };
  for (const char c : json) {
    if (in_string) {
      out.push_back(c);
      if (c == '"' && !escaped) in_string = false;
      escaped = c == '\\' && !escaped;
      continue;
    }
    switch (c) {
      case ' ':
      case '\n':
      case '\r':
      case '\t':
        break;
      case '{':
      case '[':
        out.push_back(c);
        ++depth;
        new_line();
        break;
      case '}':
      case ']':
        --depth;
        new_line();
        out.push_back(c);
        break;
      case ',':
        out.push_back(c);
        new_line();
        break;
      case ':':
        out.append(": ");
        break;
      default:
        in_string = c == '"';
        out.push_back(c);
    }
  }
  out.push_back('\n');
  return out;
}

void expect_golden(const std::filesystem::path& file, std::string_view json) {
  const std::string now = indent_json(json);
  if (std::getenv("PAS_UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << now;
    ADD_FAILURE() << "wrote " << file << "; read the difference and run again without PAS_UPDATE_GOLDEN";
    return;
  }
  EXPECT_EQ(now, read_file(file)) << "run with PAS_UPDATE_GOLDEN=1 to write it anew";
}

}  // namespace pas::support
