#include "adapter/cli/document_tools.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "mappings/inputs/catalog.h"
#include "mappings/inputs/compiled_catalog.h"

namespace pas::cli {

inputs::DocumentTools LoadedDocumentTools::tools() const {
  return {.text = &pdf_to_text_, .trust = trust_ ? &*trust_ : nullptr};
}

std::string LoadedDocumentTools::missing(const policy::PolicySet& policies) const {
  if (pdf_to_text_.is_available()) return {};
  std::string payers;
  for (const policy::Payer& payer : policies.payers()) {
    if (!payer.catalog->compiled().wants.text) continue;
    payers.append(payers.empty() ? "" : ", ").append(payer.id);
  }
  if (payers.empty()) return {};
  return "the text of PDFs, which policies of " + payers +
         " ask for, is not known: there is no pdftotext (--pdftotext)";
}

Loaded<std::unique_ptr<const LoadedDocumentTools>> load_document_tools(const DocumentOptions& options) {
  auto loaded = std::unique_ptr<LoadedDocumentTools>(new LoadedDocumentTools(options));
  if (!options.trust_store.empty()) {
    std::vector<std::filesystem::path> paths;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(options.trust_store, error)) {
      if (entry.path().extension() == ".pem" || entry.path().extension() == ".crt") paths.push_back(entry.path());
    }
    if (error) return "pas-adapter: " + options.trust_store + ": " + error.message() + "\n";
    std::sort(paths.begin(), paths.end());
    std::vector<inputs::TrustStore::PemFile> files;
    for (const std::filesystem::path& path : paths) {
      auto text = read_all(path.string());
      if (!text) return "pas-adapter: " + text.error().message + "\n";
      files.push_back({path.string(), std::move(*text)});
    }
    auto trust = inputs::TrustStore::load(files);
    if (!trust) return "pas-adapter: " + options.trust_store + ": " + trust.error().message + "\n";
    loaded->trust_ = std::move(*trust);
  }
  return std::unique_ptr<const LoadedDocumentTools>(std::move(loaded));
}

void add_document_options(CLI::App& command, DocumentOptions& options, bool environment) {
  CLI::Option* pdftotext = command
                               .add_option("--pdftotext", options.pdftotext,
                                           "Path of poppler's pdftotext, for policies that ask for the text of "
                                           "PDFs; empty: PDFs have no text")
                               ->capture_default_str();
  CLI::Option* trust = command.add_option("--trust-store", options.trust_store,
                                          "Folder of certificates (*.pem, *.crt) that signatures of Provenances must "
                                          "lead to; without it none is verified");
  if (!environment) return;
  pdftotext->envname("PAS_PDFTOTEXT");
  trust->envname("PAS_TRUST_STORE");
}

}  // namespace pas::cli
