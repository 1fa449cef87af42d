#pragma once
// Whether an attachment is what it says it is (Attachment, FHIR R4 §2.24.0.3): size, SHA-1 hash, and content type
// against the first bytes. Plain functions; any thread.

#include <optional>
#include <string>
#include <string_view>

#include "fhir/json/document.h"

namespace pas::inputs {

enum class Format : std::uint8_t { kPdf, kXml, kText, kJson, kRtf, kJpeg, kPng, kGif, kTiff, kZip, kOle, kUnknown };

// The format that a content type promises; parameters and case are passed over. kUnknown for types that have no sign.
Format promised_format(std::string_view content_type);
// The format of these bytes by their first ones; text where they hold no NUL byte; else kUnknown.
Format actual_format(std::string_view bytes);

// The member of the attachment that disagrees with the data, and how: "size", "1200 bytes are announced…".
struct Disagreement {
  std::string member;
  std::string message;
};
// `bytes` is the decoded data.
std::optional<Disagreement> find_disagreement(json::Node attachment, std::string_view bytes);

}  // namespace pas::inputs
