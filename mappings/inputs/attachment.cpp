#include "mappings/inputs/attachment.h"

#include <array>

#include "fhir/base/base64.h"
#include "fhir/base/digest.h"
#include "fhir/base/text.h"

namespace pas::inputs {
namespace {

using namespace std::string_view_literals;

struct Sign {
  std::string_view bytes;
  Format format;
};
constexpr std::array kSigns = {
    Sign{"%PDF-"sv, Format::kPdf},         Sign{"{\\rtf"sv, Format::kRtf},
    Sign{"\xFF\xD8\xFF"sv, Format::kJpeg}, Sign{"\x89PNG\r\n\x1A\n"sv, Format::kPng},
    Sign{"GIF87a"sv, Format::kGif},        Sign{"GIF89a"sv, Format::kGif},
    Sign{"II*\0"sv, Format::kTiff},        Sign{"MM\0*"sv, Format::kTiff},
    Sign{"PK\x03\x04"sv, Format::kZip},    Sign{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, Format::kOle},
    Sign{"\xFF\xFE<\0"sv, Format::kXml},  // UTF-16
    Sign{"\xFE\xFF\0<"sv, Format::kXml},
};

struct Promise {
  std::string_view content_type;
  Format format;
};
constexpr std::array kPromises = {
    Promise{"application/pdf", Format::kPdf}, Promise{"application/xml", Format::kXml},
    Promise{"text/xml", Format::kXml},        Promise{"application/json", Format::kJson},
    Promise{"application/rtf", Format::kRtf}, Promise{"text/rtf", Format::kRtf},
    Promise{"image/jpeg", Format::kJpeg},     Promise{"image/png", Format::kPng},
    Promise{"image/gif", Format::kGif},       Promise{"image/tiff", Format::kTiff},
    Promise{"application/zip", Format::kZip}, Promise{"application/msword", Format::kOle},
};

std::string_view name_of(Format format) {
  switch (format) {
    case Format::kPdf:
      return "a PDF";
    case Format::kXml:
      return "XML";
    case Format::kText:
      return "text";
    case Format::kJson:
      return "JSON";
    case Format::kRtf:
      return "RTF";
    case Format::kJpeg:
      return "a JPEG image";
    case Format::kPng:
      return "a PNG image";
    case Format::kGif:
      return "a GIF image";
    case Format::kTiff:
      return "a TIFF image";
    case Format::kZip:
      return "a ZIP archive";
    case Format::kOle:
      return "a binary Office file";
    case Format::kUnknown:
      break;
  }
  return "of no known format";
}

// XML, JSON and RTF are text too, and a text may well begin like one.
bool is_textual(Format format) {
  return format == Format::kText || format == Format::kXml || format == Format::kJson || format == Format::kRtf;
}

bool agrees(Format promised, Format actual) {
  return promised == Format::kUnknown || promised == actual || (promised == Format::kText && is_textual(actual));
}

}  // namespace

Format promised_format(std::string_view content_type) {
  content_type = content_type.substr(0, content_type.find(';'));
  while (content_type.ends_with(' ')) content_type.remove_suffix(1);
  const std::string type = base::to_lower(content_type);
  for (const Promise& promise : kPromises) {
    if (promise.content_type == type) return promise.format;
  }
  if (type.ends_with("+xml")) return Format::kXml;
  if (type.ends_with("+json")) return Format::kJson;
  if (type.starts_with("application/vnd.openxmlformats-officedocument.")) return Format::kZip;
  if (type.starts_with("text/")) return Format::kText;
  return Format::kUnknown;
}

Format actual_format(std::string_view bytes) {
  for (const Sign& sign : kSigns) {
    if (bytes.starts_with(sign.bytes)) return sign.format;
  }
  if (bytes.find('\0') != std::string_view::npos) return Format::kUnknown;
  std::string_view text = bytes;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return Format::kText;
  if (text[first] == '<') return Format::kXml;
  if (text[first] == '{' || text[first] == '[') return Format::kJson;
  return Format::kText;
}

std::optional<Disagreement> find_disagreement(json::Node attachment, std::string_view bytes) {
  if (const json::Node size = attachment["size"]; size && size.text() != std::to_string(bytes.size())) {
    return Disagreement{
        "size", "size says " + std::string(size.text()) + ", the data has " + std::to_string(bytes.size()) + " bytes"};
  }
  if (const json::Node hash = attachment["hash"]) {
    if (base::decode_base64(hash.text()) != base::sha1(bytes)) {
      return Disagreement{"hash", "hash is not the SHA-1 of the data"};
    }
  }
  if (const json::Node type = attachment["contentType"]) {
    const Format actual = actual_format(bytes);
    if (!agrees(promised_format(type.text()), actual)) {
      return Disagreement{"contentType", "contentType says " + std::string(type.text()) + ", the data is " +
                                             std::string(name_of(actual))};
    }
  }
  return std::nullopt;
}

}  // namespace pas::inputs
