#include "adapter/documents/pdf_to_text.h"

#include <unistd.h>

namespace pas::documents {

bool PdfToText::is_available() const {
  return !program_.empty() && ::access(program_.c_str(), X_OK) == 0;
}

base::Result<std::string> PdfToText::extract(std::string_view pdf) const {
  if (program_.empty()) return base::unavailable("no pdftotext is configured");
  return run_confined("pdftotext", program_, {"-q", "-enc", "UTF-8", "-nopgbrk", "-", "-"}, pdf, limits_);
}

}  // namespace pas::documents
