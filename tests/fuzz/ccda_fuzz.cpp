// Reads any bytes as a C-CDA: no crash, no endless run, and entries that have codes.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mappings/inputs/ccda.h"

namespace pas {
namespace {

void check(const std::vector<inputs::CcdaEntry>& entries) {
  const base::Date day = base::parse_date("2026-03-10").value();
  for (const inputs::CcdaEntry& entry : entries) {
    if (entry.codes.empty()) std::abort();
    if (entry.over && inputs::is_current(entry, day)) std::abort();
  }
}

}  // namespace
}  // namespace pas

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = pas::inputs::read_ccda({reinterpret_cast<const char*>(data), size}, {.bytes = 1U << 20U});
  if (!read || !*read) return 0;
  pas::check((*read)->problems);
  pas::check((*read)->medications);
  return 0;
}
