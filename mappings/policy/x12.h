#pragma once
// The X12 codes that decisions and responses use, with their names as facts (policy page §6). A policy that names a
// code outside these lists is refused.

#include <span>
#include <string_view>

namespace pas::policy::x12 {

struct Code {
  std::string_view code;
  std::string_view display;
};

inline constexpr std::string_view kActionSystem = "https://codesystem.x12.org/005010/306";
inline constexpr std::string_view kReasonSystem = "https://codesystem.x12.org/external/886";
inline constexpr std::string_view kReportTypeSystem = "https://codesystem.x12.org/005010/755";

std::span<const Code> actions();       // X12 306: what was decided
std::span<const Code> reasons();       // X12 886: why
std::span<const Code> report_types();  // X12 755: the kinds of documents that can be asked for

// The code's name, or empty when the list does not have it.
std::string_view display(std::span<const Code> list, std::string_view code);

}  // namespace pas::policy::x12
