#pragma once
// The text of PDFs through poppler's pdftotext, a child process for each document (confined_child.h).

#include <string>

#include "adapter/documents/confined_child.h"
#include "mappings/inputs/text_extractor.h"

namespace pas::documents {

class PdfToText final : public inputs::TextExtractor {
 public:
  // `program` is the path of pdftotext; empty: there is none.
  explicit PdfToText(std::string program, const ChildLimits& limits = {})
      : program_(std::move(program)), limits_(limits) {}

  // Whether the program can be run at all: for a word at the start.
  bool is_available() const;

  base::Result<std::string> extract(std::string_view pdf) const override;

 private:
  std::string program_;
  ChildLimits limits_;
};

}  // namespace pas::documents
