#pragma once
// What the commonest invariants of R4, US Core and PAS ask for, in plain words of our own: the tables hold their
// expressions only.

#include <string_view>

namespace pas::validation {

// By the key ("us-core-16"); empty for those without words.
std::string_view invariant_in_words(std::string_view key);

}  // namespace pas::validation
