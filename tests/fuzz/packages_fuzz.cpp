// Loads any bytes as a FHIR package: what is refused is refused with words, what is taken is compiled to a table that
// can be linked, the same one each time.
//
// The first byte says what the rest is: 'a' an archive (.tgz); 'f' files of one (sections.h), which are packed here, as
// a changed archive seldom has its checksums right; 'c' a compiled package (.pasdef), packed here too.

#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "fhir/definitions/builtin.h"
#include "fhir/definitions/compiler.h"
#include "tests/fuzz/sections.h"

namespace pas {
namespace {

std::shared_ptr<const definitions::DefinitionSet> builtin() {
  static const auto set = definitions::builtin_definitions({definitions::kR4Core}).value();
  return set;
}

void add(archive* writer, const std::string& name, std::string_view text) {
  const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(archive_entry_new(), archive_entry_free);
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(text.size()));
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  if (archive_write_header(writer, entry.get()) == ARCHIVE_OK) archive_write_data(writer, text.data(), text.size());
}

std::string packed(std::string_view files) {
  const std::unique_ptr<archive, int (*)(archive*)> writer(archive_write_new(), archive_write_free);
  archive_write_set_format_ustar(writer.get());
  std::string bytes(files.size() * 200 + (std::size_t{1} << 20U), '\0');
  std::size_t used = 0;
  archive_write_open_memory(writer.get(), bytes.data(), bytes.size(), &used);
  for (const fuzz::Section& file : fuzz::sections_of(files)) add(writer.get(), std::string(file.name), file.text);
  archive_write_close(writer.get());
  bytes.resize(used);
  return bytes;
}

// A file of this process's own.
class File {
 public:
  File(std::string_view extension, std::string_view bytes)
      : path_(std::filesystem::temp_directory_path() /
              ("pas-fuzz-" + std::to_string(::getpid()) + std::string(extension))) {
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  ~File() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

void compile(const definitions::Package& package) {
  if (package.id.name.empty() || package.id.version.empty()) std::abort();
  const auto first = definitions::compile(package, builtin().get());
  if (!definitions::table::Table::open(first.table)) std::abort();
  if (definitions::compile(package, builtin().get()).table != first.table) std::abort();
}

}  // namespace
}  // namespace pas

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pas;
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const char kind = static_cast<char>(data[0]);
  const bool is_compiled = kind == 'c';
  const File file(is_compiled ? ".pasdef" : ".tgz", is_compiled   ? definitions::table::compress(rest)
                                                    : kind == 'f' ? packed(rest)
                                                                  : std::string(rest));
  if (!is_compiled) {
    const auto package =
        definitions::read_package(file.path(), {.entry_bytes = 100'000, .total_bytes = 200'000, .entries = 50});
    if (package) compile(*package);
    if (!package && package.error().message.empty()) std::abort();
  }
  std::vector<std::string> remarks;
  const auto set = definitions::load_packages({file.path()}, builtin(), remarks);
  if (!set && set.error().message.empty()) std::abort();
  return 0;
}
