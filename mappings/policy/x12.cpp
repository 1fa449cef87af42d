#include "mappings/policy/x12.h"

#include <algorithm>
#include <array>

namespace pas::policy::x12 {
namespace {

constexpr std::array<Code, 8> kActions{{
    {"A1", "Certified in total"},
    {"A2", "Certified - partial"},
    {"A3", "Not certified"},
    {"A4", "Pended"},
    {"A6", "Modified"},
    {"C", "Cancelled"},
    {"CT", "Contact payer"},
    {"NA", "No action required"},
}};

constexpr std::array<Code, 9> kReasons{{
    {"0F", "Not medically necessary"},
    {"0H", "Certification not required for this service"},
    {"0L", "Exceeds plan maximums"},
    {"0M", "Non-covered service"},
    {"0P", "Requested information not received"},
    {"0Q", "Duplicate request"},
    {"0U", "Additional patient information required"},
    {"0V", "Requires medical review"},
    {"0W", "Disposition pending review"},
}};

constexpr std::array<Code, 3> kReportTypes{{
    {"DB", "Durable medical equipment prescription"},
    {"M1", "Medical record attachment"},
    {"PY", "Physician's report"},
}};

}  // namespace

std::span<const Code> actions() {
  return kActions;
}
std::span<const Code> reasons() {
  return kReasons;
}
std::span<const Code> report_types() {
  return kReportTypes;
}

std::string_view display(std::span<const Code> list, std::string_view code) {
  const auto found = std::find_if(list.begin(), list.end(), [code](const Code& row) { return row.code == code; });
  return found == list.end() ? std::string_view() : found->display;
}

}  // namespace pas::policy::x12
