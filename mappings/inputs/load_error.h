#pragma once
// A mistake in a payer's data file (catalog, value sets, roster): where it stands and what is allowed there.
//
// For an operator or analyst; the text holds data of the file, never of a patient. Lines and columns count from 1,
// columns in bytes.

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pas::inputs {

struct LoadError {
  std::string file;
  std::size_t line = 1;
  std::size_t column = 1;
  std::string message;
  std::string caret;  // the line of the file, and below it a caret under the place; two lines without a last newline
};
using LoadErrors = std::vector<LoadError>;

// "husky/inputs.json:12:8: message", then the caret's lines.
std::string to_string(const LoadError& error);

// The error at a byte offset of `source`. Long lines are cut to the part around the place.
LoadError load_error(std::string_view file, std::string_view source, std::size_t offset, std::string message);

[[noreturn]] void throw_exception_from_error(const LoadErrors& errors, const boost::source_location& where);

}  // namespace pas::inputs
