// docs/policies.md is what happens: its files are written, its changes made and its commands run, in order.
//
//   ```json PATH      a whole file
//   ```diff PATH      each run of "-" lines is replaced by the "+" lines below it
//   ```console        "$ COMMAND", then what it says; a line "…" stands for any lines
//
// Paths that begin with my- are in a folder of the test's own.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/adapter/cli/process.h"
#include "tests/adapter/store/samples.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using Lines = std::vector<std::string>;

struct Block {
  std::size_t line = 0;  // of the document
  std::string kind;
  std::string path;
  Lines lines;
};

std::vector<Block> blocks_of(const std::string& document) {
  std::vector<Block> blocks;
  std::istringstream in(document);
  bool is_open = false;
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (!line.starts_with("```")) {
      if (is_open) blocks.back().lines.push_back(line);
      continue;
    }
    is_open = !is_open;
    if (!is_open) continue;
    const std::size_t space = std::min(line.find(' '), line.size());
    blocks.push_back({number, line.substr(3, space - 3), space < line.size() ? line.substr(space + 1) : "", {}});
  }
  return blocks;
}

std::string joined(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text.append(line).append("\n");
  return text;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

class Tutorial : public testing::Test {
 protected:
  std::string here(const std::string& text) const { return replaced(text, "my-", folder_.file("my-")); }

  void write(const Block& block) const {
    const std::filesystem::path path = here(block.path);
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << joined(block.lines);
  }

  void change(const Block& block) const {
    std::string text = support::read_file(here(block.path));
    std::string before;
    std::string after;
    const auto apply = [&] {
      if (before.empty()) return;
      before.pop_back();  // the newline of the last line
      after.pop_back();
      const std::size_t at = text.find(before);
      ASSERT_NE(at, std::string::npos) << before;
      text.replace(at, before.size(), after);
      before.clear();
      after.clear();
    };
    for (const std::string& line : block.lines) {
      if (line.starts_with('-') && !after.empty()) apply();
      (line.starts_with('-') ? before : after).append(line.substr(1)).append("\n");
    }
    apply();
    std::ofstream(here(block.path)) << text;
  }

  // What it says, errors first.
  std::string run(const std::string& command) const {
    std::istringstream in(command);
    Lines words;
    for (std::string word; in >> word;) words.push_back(here(word));
    if (words.front() == "cp") {
      std::filesystem::copy(words.at(2), words.at(3), std::filesystem::copy_options::recursive);
      return "";
    }
    EXPECT_EQ(words.front(), "pas-adapter");
    support::Process process({{words.begin() + 1, words.end()}});
    process.wait();
    return replaced(process.errors() + process.output(), folder_.file("my-"), "my-");
  }

  void check(const Block& block) const {
    std::string output;
    std::size_t at = 0;
    bool skips = false;
    const auto finish = [&] { EXPECT_TRUE(skips || at == output.size()) << "and then:\n" << output.substr(at); };
    for (const std::string& line : block.lines) {
      if (line.starts_with("$ ")) {
        finish();
        output = run(line.substr(2));
        at = 0;
        skips = false;
      } else if (line == "…") {
        skips = true;
      } else {
        const std::string whole = line + '\n';
        const std::size_t found = skips ? output.find(whole, at) : at;
        ASSERT_TRUE(found != std::string::npos && output.compare(found, whole.size(), whole) == 0)
            << "no line " << line << "\nin:\n"
            << output.substr(at);
        at = found + whole.size();
        skips = false;
      }
    }
    finish();
  }

  const support::TemporaryFolder folder_;
};

TEST_F(Tutorial, IsWhatHappens) {
  std::size_t commands = 0;
  for (const Block& block : blocks_of(support::read_file(support::repo_path("docs/policies.md")))) {
    SCOPED_TRACE("docs/policies.md:" + std::to_string(block.line));
    if (block.kind == "json") write(block);
    if (block.kind == "diff") change(block);
    if (block.kind != "console") continue;
    check(block);
    ++commands;
  }
  EXPECT_GE(commands, 8U);
}

}  // namespace
}  // namespace pas
