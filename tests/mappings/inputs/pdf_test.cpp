#include "mappings/inputs/pdf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/mappings/inputs/pdf_samples.h"

namespace pas {
namespace {

using inputs::Pdf;
using inputs::read_pdf;

std::string text_of(std::optional<base::Date> date) {
  return date ? base::to_string(*date) : "";
}

void expect_sound(const Pdf& pdf, std::size_t pages) {
  EXPECT_FALSE(pdf.damaged) << pdf.problem;
  EXPECT_EQ(pdf.problem, "");
  EXPECT_EQ(pdf.pages, pages);
}

void expect_damaged(const Pdf& pdf) {
  EXPECT_TRUE(pdf.damaged);
  EXPECT_EQ(pdf.problem, "the PDF is damaged");
  EXPECT_EQ(pdf.pages, std::nullopt);
  EXPECT_EQ(pdf.is_signed, std::nullopt);
}

TEST(Pdf, TellsVersionPagesAndDates) {
  const Pdf pdf = read_pdf(cases::text_pdf("Infusion pump"));
  expect_sound(pdf, 1);
  EXPECT_EQ(pdf.version, "1.7");
  EXPECT_FALSE(pdf.encrypted);
  EXPECT_EQ(text_of(pdf.created), "2026-01-10") << "the day in its own offset";
  EXPECT_EQ(text_of(pdf.modified), "2026-01-12");
  EXPECT_EQ(pdf.is_signed, false);
}

TEST(Pdf, ReadsObjectStreamsAndPredictedCrossReferences) {
  const std::string bytes = cases::with_object_streams(cases::text_pdf("Infusion pump"));
  ASSERT_NE(bytes.find("/ObjStm"), std::string::npos);
  ASSERT_NE(bytes.find("/Predictor 12"), std::string::npos);
  const Pdf pdf = read_pdf(bytes);
  expect_sound(pdf, 1);
  EXPECT_EQ(text_of(pdf.created), "2026-01-10");
}

TEST(Pdf, CountsThePagesOfATree) {
  expect_sound(
      read_pdf(cases::make_pdf({"<< /Type /Catalog /Pages 2 0 R >>", "<< /Kids [3 0 R 4 0 R] /Count 99 >>",
                                "<< /Type /Page >>", "<< /Kids [<< /Type /Page >> 5 0 R] >>", "<< /Type /Page >>"})),
      3);
  expect_sound(read_pdf(cases::make_pdf({"<< /Type /Catalog /Pages 2 0 R >>", "<< /Kids [] >>"})), 0);
}

TEST(Pdf, WithoutInformationHasNoDates) {
  const std::string catalog = "<< /Type /Catalog /Pages << /Kids [] >> >>";
  EXPECT_EQ(read_pdf(cases::make_pdf({catalog})).created, std::nullopt);
  for (const char* date : {"(D:202601)", "(yesterday)", "()", "20260110", "(D:20260231)", "null", "<< >>"}) {
    const Pdf pdf =
        read_pdf(cases::make_pdf({catalog, std::string("<< /CreationDate ") + date + " >>"}, "/Info 2 0 R"));
    expect_sound(pdf, 0);
    EXPECT_EQ(pdf.created, std::nullopt) << date;
  }
  EXPECT_EQ(text_of(read_pdf(cases::make_pdf({catalog, "<< /CreationDate (20260110) >>"}, "/Info 2 0 R")).created),
            "2026-01-10");
}

TEST(Pdf, TellsEncryption) {
  const Pdf open = read_pdf(cases::encrypted(cases::text_pdf("x"), ""));
  expect_sound(open, 1);
  EXPECT_TRUE(open.encrypted);
  EXPECT_EQ(text_of(open.created), "2026-01-10");

  const Pdf closed = read_pdf(cases::encrypted(cases::text_pdf("x"), "secret"));
  EXPECT_TRUE(closed.encrypted);
  EXPECT_FALSE(closed.damaged);
  EXPECT_EQ(closed.problem, "the PDF opens only with a password");
  EXPECT_EQ(closed.pages, std::nullopt);
  EXPECT_EQ(closed.created, std::nullopt);
}

TEST(Pdf, TellsASignatureFieldThatHoldsASignature) {
  const auto with_form = [](const std::string& fields) {
    return read_pdf(cases::text_pdf("x", "/AcroForm << /Fields " + fields + " >>")).is_signed;
  };
  EXPECT_EQ(with_form("[<< /FT /Sig /T (a) /V << /Type /Sig /ByteRange [0 1 2 3] >> >>]"), true);
  EXPECT_EQ(with_form("[<< /FT /Tx /V (Ada) >> << /FT /Sig /V << >> >>]"), true) << "the second field";
  EXPECT_EQ(with_form("[<< /T (group) /Kids [<< /FT /Sig /V << >> >>] >>]"), true) << "below another";
  EXPECT_EQ(with_form("[<< /Parent << /FT /Sig >> /V << >> >>]"), true) << "the type is its parent's";
  EXPECT_EQ(with_form("[<< /FT /Sig /T (a) >>]"), false) << "nobody has signed yet";
  EXPECT_EQ(with_form("[<< /FT /Tx /V << >> >>]"), false);
  EXPECT_EQ(with_form("[null 3 (x)]"), false);
  EXPECT_EQ(with_form("3"), false);
}

TEST(Pdf, ThatIsDamagedIsNeverMended) {
  const std::string whole = cases::text_pdf("Infusion pump");
  expect_damaged(read_pdf(""));
  expect_damaged(read_pdf("%PDF-1.7"));
  expect_damaged(read_pdf("no PDF at all"));
  expect_damaged(read_pdf(whole.substr(0, whole.size() / 2)));
  std::string moved = whole;
  moved.replace(moved.rfind("startxref\n") + 10, 1, "9");
  expect_damaged(read_pdf(moved));
  std::string without_pages = whole;
  without_pages.replace(without_pages.find("/Kids [3 0 R]"), 13, "/Kids [9 0 R]");
  expect_damaged(read_pdf(without_pages));
  expect_damaged(read_pdf(cases::make_pdf({"<< /Pages 2 0 R >>", "<< /Kids (x) >>"})));
  expect_damaged(read_pdf(cases::make_pdf({"[]"})));
}

// Every cut and every changed byte: no crash, and never more than the sound file has.
TEST(Pdf, SurvivesEveryCutAndChange) {
  for (const std::string& whole : {cases::text_pdf("x"), cases::with_object_streams(cases::text_pdf("x")),
                                   cases::encrypted(cases::text_pdf("x"), "")}) {
    for (std::size_t i = 0; i < whole.size(); i += 3) {
      std::string changed = whole;
      changed[i] = static_cast<char>(changed[i] ^ 0x15);
      EXPECT_LE(read_pdf(changed).pages.value_or(0), 1U);
      EXPECT_LE(read_pdf(std::string_view(whole).substr(0, i)).pages.value_or(0), 1U);
    }
  }
}

TEST(Pdf, WithALoopInATreeIsDamaged) {
  expect_damaged(read_pdf(cases::make_pdf({"<< /Pages 2 0 R >>", "<< /Kids [2 0 R] >>"})));
  expect_damaged(read_pdf(cases::make_pdf({"<< /Pages 2 0 R >>", "<< /Kids [3 0 R] >>", "<< /Kids [2 0 R] >>"})));
  expect_damaged(read_pdf(cases::text_pdf("x", "/AcroForm << /Fields [4 0 R 4 0 R] >>")));
}

TEST(Pdf, IsReadWithinLimits) {
  const std::string plain = cases::text_pdf("x");
  expect_sound(read_pdf(plain, {.bytes = plain.size()}), 1);
  EXPECT_EQ(read_pdf(plain, {.bytes = 100}).problem, "the PDF has more than 100 bytes");
  EXPECT_EQ(read_pdf(plain, {.nodes = 2}).pages, 1U);
  expect_damaged(read_pdf(plain, {.nodes = 1}));

  const std::string packed = cases::with_object_streams(plain);
  expect_sound(read_pdf(packed, {.decoded_bytes = 10'000}), 1);
  const Pdf over = read_pdf(packed, {.decoded_bytes = 100});
  EXPECT_TRUE(over.damaged);
  EXPECT_EQ(over.problem, "the PDF takes more to read than is allowed");
}

// Big-endian, as cross-reference streams have numbers.
std::string number_field(std::size_t value, unsigned bytes) {
  std::string text;
  for (unsigned i = bytes; i > 0; --i) text += static_cast<char>(value >> (8U * (i - 1)));
  return text;
}

// Streams of objects that overlap: each begins a little later than the one before, and all end with the file.
TEST(Pdf, ThatHasItsBytesReadAgainAndAgainIsGivenUp) {
  constexpr std::size_t kStreams = 500;
  constexpr std::size_t kSize = std::size_t{4} << 20U;
  std::string pdf = "%PDF-1.7\n";
  std::vector<std::size_t> offsets;
  const auto begin_object = [&](std::size_t number) {
    offsets.push_back(pdf.size());
    pdf += std::to_string(number) + " 0 obj\n";
  };
  begin_object(1);
  pdf += "<< /Pages << /Kids [] >> /AcroForm << /Fields [";
  for (std::size_t i = 0; i < kStreams; ++i) pdf += std::to_string(1000 + i) + " 0 R ";
  pdf += "] >> >>\nendobj\n";
  for (std::size_t i = 0; i < kStreams; ++i) {
    begin_object(2 + i);
    std::string head = "<< /Type /ObjStm /N 0 /First 0 /Length 9999999 >> stream\n";
    const std::size_t length = kSize - (pdf.size() + head.size());
    head.replace(head.find("9999999"), 7, std::to_string(length));
    pdf += head + std::string(7 - std::to_string(length).size(), ' ');
  }
  pdf.resize(kSize, ' ');
  pdf += "\nendstream\nendobj\n";
  const std::size_t table = pdf.size();
  std::string rows;
  for (const std::size_t offset : offsets) rows += number_field(1, 1) + number_field(offset, 4) + number_field(0, 2);
  for (std::size_t i = 0; i < kStreams; ++i) rows += number_field(2, 1) + number_field(2 + i, 4) + number_field(0, 2);
  pdf += "900 0 obj\n<< /Type /XRef /Size 2000 /Root 1 0 R /W [1 4 2] /Index [1 501 1000 500] /Length " +
         std::to_string(rows.size()) + " >>\nstream\n" + rows + "\nendstream\nendobj\nstartxref\n" +
         std::to_string(table) + "\n%%EOF\n";
  EXPECT_EQ(read_pdf(pdf).problem, "the PDF takes more to read than is allowed");
}

}  // namespace
}  // namespace pas
