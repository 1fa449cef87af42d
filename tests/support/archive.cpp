#include "tests/support/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <memory>

namespace pas::support {

std::map<std::string, std::string> read_archive(const std::filesystem::path& path, const std::string& prefix,
                                                const std::string& suffix) {
  std::map<std::string, std::string> members;
  const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), archive_read_free);
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_format_tar(reader.get());
  EXPECT_EQ(archive_read_open_filename(reader.get(), path.c_str(), 65536), ARCHIVE_OK) << path;
  archive_entry* entry = nullptr;
  while (archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK) {
    const std::string name = archive_entry_pathname(entry);
    if (!name.starts_with(prefix) || !name.ends_with(suffix)) continue;
    std::string content(static_cast<std::size_t>(archive_entry_size(entry)), '\0');
    const auto read = archive_read_data(reader.get(), content.data(), content.size());
    EXPECT_EQ(read, static_cast<la_ssize_t>(content.size())) << name;
    members.emplace(name, std::move(content));
  }
  return members;
}

}  // namespace pas::support
