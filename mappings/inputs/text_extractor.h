#pragma once
// Where a PDF's text comes from: a program outside, behind this interface, for nothing here does I/O.

#include <string>
#include <string_view>

#include "fhir/base/result.h"

namespace pas::inputs {

// Called from any thread.
class TextExtractor {
 public:
  virtual ~TextExtractor() = default;
  // The text layer as UTF-8, in reading order. The error's message is for a note: it holds nothing of the document.
  virtual base::Result<std::string> extract(std::string_view pdf) const = 0;
};

}  // namespace pas::inputs
