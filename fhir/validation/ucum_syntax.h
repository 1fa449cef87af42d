#pragma once
// The grammar of UCUM's case-sensitive codes (UCUM 2.1 §§ 7-12), without the table of units: units that do not exist
// pass, spaces, unclosed brackets and dangling operators do not.

#include <string_view>

namespace pas::validation {

bool is_ucum_syntax(std::string_view code);

}  // namespace pas::validation
