#include <vector>

#include "mappings/policy/policy_file.h"

namespace pas::policy {

Template read_template(Reader& reader, json::Node text, const inputs::Catalog* catalog,
                       std::initializer_list<std::string_view> others) {
  Template result;
  if (!text.is_string() || text.text().empty()) {
    reader.fail(text, "a note's text must be a string that is not empty");
    return result;
  }
  std::vector<std::string_view> known(others);
  if (catalog != nullptr) {
    for (const inputs::InputDefinition& input : catalog->inputs()) known.push_back(input.name);
  }
  const std::string_view whole = text.text();
  std::size_t at = 0;
  while (at < whole.size()) {
    const std::size_t brace = std::min(whole.find_first_of("{}", at), whole.size());
    if (brace > at) result.parts.push_back({false, std::string(whole.substr(at, brace - at))});
    if (brace == whole.size()) break;
    const std::size_t end = whole.find_first_of("{}", brace + 1);
    if (whole[brace] == '}' || end == std::string_view::npos || whole[end] == '{') {
      reader.fail_in_string(text, brace, "this brace has no partner");
      break;
    }
    const std::string_view name = whole.substr(brace + 1, end - brace - 1);
    bool is_known = false;
    for (const std::string_view candidate : known) is_known = is_known || candidate == name;
    if (!is_known) {
      reader.fail_in_string(text, brace + 1, "nothing is named \"" + std::string(name) + '"' + suggestion(name, known));
    }
    result.parts.push_back({true, std::string(name)});
    at = end + 1;
  }
  return result;
}

}  // namespace pas::policy
