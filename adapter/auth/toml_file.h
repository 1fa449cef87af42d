#pragma once
// A TOML file that is read strictly: every mistake is named with its line, and any of them refuses the whole file. One
// thread at a time.

#include <toml++/toml.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"

namespace pas::auth {

class TomlFile {
 public:
  // kInvalid when it is no TOML, or cannot be read.
  static base::Result<TomlFile> open(const std::string& file);

  const toml::table& root() const { return root_; }

  void fault(const toml::node& node, std::string what) {
    faults_.push_back({node.source().begin.line, std::move(what)});
  }
  // A line each, in the order of the file: "clients.toml:3: …"; empty: none.
  std::string faults();

  // The member as text, or as a list of texts; a fault with its name when it is none.
  std::string text_of(const toml::node& node, const std::string& name);
  std::vector<std::string> texts_of(const toml::node& node, const std::string& name);

  // What a file named in this one is called from here: relative to the folder of this file.
  std::string path_of(const std::string& named) const;

 private:
  TomlFile(std::string file, toml::table root) : file_(std::move(file)), root_(std::move(root)) {}

  struct Fault {
    std::uint32_t line;
    std::string what;
  };
  std::string file_;
  toml::table root_;
  std::vector<Fault> faults_;
};

}  // namespace pas::auth
