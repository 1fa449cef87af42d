#pragma once
// Submissions and stores for the tests below this folder.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapter/store/sqlite.h"
#include "adapter/store/store.h"

namespace pas::support {

inline constexpr std::int64_t kNoonMs = 1'772'971'200'000;  // 2026-03-08T12:00:00Z

// An initial request of client "clinic" for member "M-1" of payer "payer", two items: E0781 rental of three months (NA)
// and E0776 pended, each with its decision; one outbox message, due at noon. Every text differs by `id`.
store::Submission submission(const std::string& id);

// A text that does not compress, the same for the same seed.
std::string noise(std::size_t bytes, unsigned seed);

// A new folder, gone with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// The contract suite runs on each: a backend is a row here.
struct Backend {
  const char* name;
  // What open_store takes, of an empty store; nothing where it cannot be had.
  std::function<std::optional<std::string>(const TemporaryFolder&)> specification;
  bool is_sealed = false;  // its texts are encrypted
};
extern const Backend kMemory;
extern const Backend kSqlite;
extern const Backend kPostgres;
extern const Backend kSealedSqlite;
extern const Backend kSealedPostgres;

}  // namespace pas::support
