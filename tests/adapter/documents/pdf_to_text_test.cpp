#include "adapter/documents/pdf_to_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/mappings/inputs/pdf_samples.h"

namespace pas {
namespace {

using base::ErrorCode;
using documents::PdfToText;
using testing::HasSubstr;

// Of poppler-utils.
constexpr const char* kPdftotext = "/usr/bin/pdftotext";

TEST(PdfToText, ReadsTheTextLayer) {
  const PdfToText reader(kPdftotext);
  ASSERT_TRUE(reader.is_available()) << "poppler-utils is not installed";
  const auto text = reader.extract(cases::text_pdf("Ambulatory infusion pump"));
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_THAT(*text, HasSubstr("Ambulatory infusion pump"));
}

TEST(PdfToText, ReadsWhatIsPackedOrEncryptedWithoutAPassword) {
  const PdfToText reader(kPdftotext);
  const std::string pdf = cases::text_pdf("Infusion pump");
  EXPECT_THAT(reader.extract(cases::with_object_streams(pdf)).value(), HasSubstr("Infusion pump"));
  EXPECT_THAT(reader.extract(cases::encrypted(pdf, "")).value(), HasSubstr("Infusion pump"));
}

TEST(PdfToText, FailsForWhatItCannotRead) {
  const PdfToText reader(kPdftotext);
  for (const std::string& bytes : {std::string("no PDF"), std::string(), cases::encrypted(cases::text_pdf("x"), "y")}) {
    const auto text = reader.extract(bytes);
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(text.error().message, HasSubstr("pdftotext ended with code"));
  }
}

TEST(PdfToText, WithoutAProgramIsUnavailable) {
  EXPECT_FALSE(PdfToText("").is_available());
  EXPECT_EQ(PdfToText("").extract("x").error().message, "no pdftotext is configured");
  EXPECT_FALSE(PdfToText("/nowhere/pdftotext").is_available());
  const auto text = PdfToText("/nowhere/pdftotext").extract("x");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace pas
