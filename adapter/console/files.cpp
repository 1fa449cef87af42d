#include "adapter/console/files.h"

#include <algorithm>
#include <array>
#include <utility>

#include "adapter/console/embedded.h"
#include "fhir/base/digest.h"

namespace pas::console {
namespace {

std::string_view content_type_of(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kTypes = {
      {{".html", "text/html; charset=utf-8"},
       {".css", "text/css; charset=utf-8"},
       {".js", "text/javascript; charset=utf-8"},
       {".json", "application/json"}}};
  for (const auto& [ending, type] : kTypes) {
    if (name.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

}  // namespace

const std::vector<File>& files() {
  static const std::vector<File> all = [] {
    std::vector<File> made;
    for (const Embedded& file : kEmbedded) {
      made.push_back(
          {file.name, content_type_of(file.name), {file.begin, static_cast<std::size_t>(file.end - file.begin)}});
    }
    return made;
  }();
  return all;
}

const File* find(std::string_view name) {
  const auto found = std::ranges::find(files(), name, &File::name);
  return found == files().end() ? nullptr : &*found;
}

const std::string& edition() {
  static const std::string digits = [] {
    std::string all;
    for (const File& file : files()) all.append(file.name).append("\n").append(file.content);
    return base::sha256_hex(all).substr(0, 16);
  }();
  return digits;
}

}  // namespace pas::console
