#pragma once
// What documents are read with beyond the request itself, by two options: pdftotext and a trust store.

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "adapter/cli/files.h"
#include "adapter/documents/pdf_to_text.h"
#include "mappings/inputs/documents.h"
#include "mappings/policy/policy.h"

namespace pas::cli {

struct DocumentOptions {
  std::string pdftotext = "/usr/bin/pdftotext";  // empty: off
  std::string trust_store;                       // a folder of PEM files; empty: no signature is verified
};

class LoadedDocumentTools {
 public:
  // Views into this object, which must outlive them.
  inputs::DocumentTools tools() const;
  // What a payer's policies ask of documents that cannot be had here: a line for the operator, or empty.
  std::string missing(const policy::PolicySet& policies) const;

 private:
  friend Loaded<std::unique_ptr<const LoadedDocumentTools>> load_document_tools(const DocumentOptions& options);
  explicit LoadedDocumentTools(const DocumentOptions& options) : pdf_to_text_(options.pdftotext) {}

  documents::PdfToText pdf_to_text_;
  std::optional<inputs::TrustStore> trust_;
};

// Refused when the trust store is: no folder, no certificate, or a damaged one.
Loaded<std::unique_ptr<const LoadedDocumentTools>> load_document_tools(const DocumentOptions& options);

// --pdftotext and --trust-store; with `environment`, their variables too (serve has its own way to them).
void add_document_options(CLI::App& command, DocumentOptions& options, bool environment);

}  // namespace pas::cli
