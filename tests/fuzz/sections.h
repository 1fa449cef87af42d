#pragma once
// An input that is several files, each after a line with its name:
//   ==== policy.json
//   {…}

#include <algorithm>
#include <string_view>
#include <vector>

namespace pas::fuzz {

// Views into the input.
struct Section {
  std::string_view name;
  std::string_view text;
};

inline std::vector<Section> sections_of(std::string_view input) {
  constexpr std::string_view kMark = "==== ";
  constexpr std::string_view kNext = "\n==== ";
  std::vector<Section> sections;
  while (input.starts_with(kMark)) {
    const std::size_t end = std::min(input.find('\n'), input.size());
    const std::size_t next = std::min(input.find(kNext, end), input.size());
    const std::size_t begin = std::min(end + 1, next);
    sections.push_back({input.substr(kMark.size(), end - kMark.size()), input.substr(begin, next - begin)});
    input.remove_prefix(std::min(next + 1, input.size()));
  }
  return sections;
}

}  // namespace pas::fuzz
