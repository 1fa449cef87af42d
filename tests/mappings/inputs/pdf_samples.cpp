#include "tests/mappings/inputs/pdf_samples.h"

#include <functional>

#include "mappings/inputs/qpdf.h"

namespace pas::cases {
namespace {

std::string rewrite(const std::string& pdf, const std::function<void(QPDFWriter&)>& settings) {
  QPDF file;
  file.processMemoryFile("sample", pdf.data(), pdf.size());
  QPDFWriter writer(file);
  writer.setOutputMemory();
  settings(writer);
  writer.write();
  const auto buffer = writer.getBufferSharedPointer();
  return {reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize()};
}

std::string ten_digits(std::size_t number) {
  std::string text = std::to_string(number);
  return std::string(10 - text.size(), '0') + text;
}

}  // namespace

std::string make_pdf(const std::vector<std::string>& objects, const std::string& trailer) {
  std::string pdf = "%PDF-1.7\n";
  std::string table = "0000000000 65535 f \n";
  for (std::size_t i = 0; i < objects.size(); ++i) {
    table += ten_digits(pdf.size()) + " 00000 n \n";
    pdf += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
  }
  const std::size_t start = pdf.size();
  const std::string size = std::to_string(objects.size() + 1);
  pdf +=
      "xref\n0 " + size + "\n" + table + "trailer\n<< /Size " + size + " /Root 1 0 R " + trailer + " >>\nstartxref\n";
  return pdf + std::to_string(start) + "\n%%EOF\n";
}

std::string text_pdf(const std::string& text, const std::string& catalog) {
  const std::string content = "BT /F1 12 Tf 72 700 Td (" + text + ") Tj ET";
  return make_pdf({"<< /Type /Catalog /Pages 2 0 R " + catalog + " >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                   std::string("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R ") +
                       "/Resources << /Font << /F1 5 0 R >> >> >>",
                   "<< /Length " + std::to_string(content.size()) + " >>\nstream\n" + content + "\nendstream",
                   "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
                   "<< /CreationDate (D:20260110083000-05'00') /ModDate (D:20260112) >>"},
                  "/Info 6 0 R");
}

std::string with_object_streams(const std::string& pdf) {
  return rewrite(pdf, [](QPDFWriter& writer) { writer.setObjectStreamMode(qpdf_o_generate); });
}

std::string encrypted(const std::string& pdf, const std::string& password) {
  return rewrite(pdf, [&](QPDFWriter& writer) {
    writer.setR6EncryptionParameters(password.c_str(), "owner", true, true, true, true, true, true, qpdf_r3p_full,
                                     true);
  });
}

}  // namespace pas::cases
