#pragma once
// What a PDF says of itself (ISO 32000-1, through qpdf): version, encryption, pages, dates of its information
// dictionary, and whether it is signed. Its text is another matter: text_extractor.h.
//
// No fault of the file is an error: it is damaged, and `problem` says how. A file is taken as it is, never mended, so
// that one made to be slow is not read at length; sizes, reads and decompressed bytes are limited. Plain values; any
// thread.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/calendar.h"

namespace pas::inputs {

struct Pdf {
  std::string version;                // of the header: "1.7"
  bool encrypted = false;             // with or without a password to open it
  bool damaged = false;               // not read to the end; what is below holds as far as it is known
  std::string problem;                // why it cannot be read: damaged, or a password is needed; empty when it can
  std::optional<std::size_t> pages;   // counted
  std::optional<base::Date> created;  // CreationDate and ModDate, the day in their own offset
  std::optional<base::Date> modified;
  std::optional<bool> is_signed;  // a signature field that holds a signature; it is not verified
};

struct PdfLimits {
  std::size_t bytes = std::size_t{64} << 20U;
  std::size_t decoded_bytes = std::size_t{64} << 20U;  // of all streams together
  std::size_t nodes = 100'000;                         // of the page tree, and of the form's fields
};

Pdf read_pdf(std::string_view bytes, const PdfLimits& limits = {});

}  // namespace pas::inputs
