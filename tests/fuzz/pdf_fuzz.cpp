// Reads any bytes as a PDF: no crash, no endless run, and what is damaged tells so.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mappings/inputs/pdf.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const pas::inputs::PdfLimits limits{.bytes = 1U << 20U, .decoded_bytes = 1U << 20U, .nodes = 1000};
  const pas::inputs::Pdf pdf = pas::inputs::read_pdf(bytes, limits);
  if (pdf.damaged && (pdf.problem.empty() || pdf.pages || pdf.is_signed)) std::abort();
  if (pdf.problem.empty() && (!pdf.pages || !pdf.is_signed)) std::abort();
  if (pdf.pages.value_or(0) > limits.nodes) std::abort();
  return 0;
}
