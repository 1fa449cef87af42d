#pragma once
// Text in a page of HTML. Plain function; any thread.

#include <string>
#include <string_view>

namespace pas::base {

// Fit for an element's content and for an attribute between double quotes.
std::string html_escaped(std::string_view text);

}  // namespace pas::base
