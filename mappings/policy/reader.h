#pragma once
// Reads a JSON file of the policies directory member by member. Every mistake is noted with its place, also inside a
// string (FHIRPath in JSON), and reading goes on, so that one load names them all. Nodes end with their Reader.

#include <array>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/calendar.h"
#include "fhir/json/document.h"
#include "mappings/inputs/data_file.h"
#include "mappings/policy/policy.h"

namespace pas::policy {

// As the files write them, in the order of base::Truth.
inline constexpr std::array<std::string_view, 3> kTruthNames = {"not met", "unknown", "met"};

// The whole file, at most 4 MB. `relative` to the directory names it in the mistake.
boost::system::result<std::string, LoadErrors> read_file(const std::filesystem::path& directory,
                                                         const std::string& relative);

// The word of `known` that is nearest to `word` by edits, if it is near enough to be meant; else empty.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known);
// ", did you mean \"x\"?" or nothing.
std::string suggestion(std::string_view word, const std::vector<std::string_view>& known);

enum class Need { kRequired, kOptional };

class Reader {
 public:
  // Both must outlive the reader.
  Reader(std::string_view text, std::string_view file);

  json::Node root() const { return file_.root(); }
  // Where a value begins; counts from 1.
  std::uint32_t line_of(json::Node node) const;
  bool ok() const { return file_.ok(); }
  LoadErrors take_errors() { return file_.take_errors(); }

  void fail(json::Node at, std::string message) { file_.error(at, std::move(message)); }
  void fail_in_string(json::Node string, std::size_t position, std::string message) {
    file_.error_inside(string, position, std::move(message));
  }
  void fail_at_key(json::Node member, std::string message) { file_.error_at_key(member, std::move(message)); }

  // Whether `node` is an object; its members outside `known` are mistakes.
  bool object(json::Node node, std::string_view what, std::initializer_list<std::string_view> known);
  // Whether the object has the member; a mistake if not.
  bool has(json::Node object, std::string_view name);

  // Members of an object. A wrong type, an empty string or list, and an absent required member are mistakes.
  std::string text(json::Node object, std::string_view name, Need need = Need::kRequired);
  std::optional<int> integer(json::Node object, std::string_view name, int least, int most);  // optional
  bool boolean(json::Node object, std::string_view name);                                     // absent: false
  std::optional<base::Date> date(json::Node object, std::string_view name, Need need);
  json::Node list(json::Node object, std::string_view name, Need need);
  std::vector<std::string> texts(json::Node object, std::string_view name, Need need);

  // A string that must be one of `names`: its index.
  std::optional<std::size_t> index_of(json::Node string, std::string_view what,
                                      const std::vector<std::string_view>& names);

 private:
  inputs::DataFile file_;
  std::vector<std::size_t> line_ends_;  // offsets of the text's newlines
};

}  // namespace pas::policy
