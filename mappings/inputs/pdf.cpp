#include "mappings/inputs/pdf.h"

#include <memory>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include "mappings/inputs/pdf_streams.h"
#include "mappings/inputs/qpdf.h"

namespace pas::inputs {
namespace {

// Reading a sound file once, with room for its cross references, takes about its size.
std::size_t read_budget(std::size_t size) {
  return 4 * size + (std::size_t{16} << 20U);
}

// The file's bytes, read only so often: objects that are looked for again and again end with an error.
class BoundedInput final : public BufferInputSource {
 public:
  BoundedInput(Buffer* bytes, std::size_t budget) : BufferInputSource("document", bytes), left_(budget) {}
  std::size_t read(char* out, std::size_t length) override {
    const std::size_t size = BufferInputSource::read(out, length);
    exceeded_ = exceeded_ || size > left_;
    if (exceeded_) throw std::runtime_error("over the limit");
    left_ -= size;
    return size;
  }
  bool exceeded() const { return exceeded_; }

 private:
  std::size_t left_;
  bool exceeded_ = false;
};

// "D:YYYYMMDDHHmmSSOHH'mm" (ISO 32000-1 §7.9.4); a shorter one names no day.
std::optional<base::Date> read_date(QPDFObjectHandle dictionary, const char* key) {
  if (!dictionary.isDictionary()) return std::nullopt;
  QPDFObjectHandle value = dictionary.getKey(key);
  if (!value.isString()) return std::nullopt;
  std::string text = value.getUTF8Value();
  if (text.starts_with("D:")) text.erase(0, 2);
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits < 8) return std::nullopt;
  return base::parse_date(text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2));
}

// Walks a tree by a member that lists children, each object once.
class TreeWalk {
 public:
  TreeWalk(const QPDFObjectHandle& root, std::size_t limit) : limit_(limit) { push(root); }
  bool done() const { return waiting_.empty(); }
  QPDFObjectHandle next() {
    QPDFObjectHandle node = waiting_.back();
    waiting_.pop_back();
    return node;
  }
  void push(QPDFObjectHandle node) {
    if (++seen_count_ > limit_) throw std::runtime_error("a tree of more than " + std::to_string(limit_) + " nodes");
    if (node.isIndirect() && !seen_.insert(node.getObjGen()).second) throw std::runtime_error("a tree with a loop");
    waiting_.push_back(std::move(node));
  }
  void push_all(QPDFObjectHandle list) {
    if (!list.isArray()) throw std::runtime_error("a tree whose children are no list");
    for (int i = 0; i < list.getArrayNItems(); ++i) push(list.getArrayItem(i));
  }

 private:
  std::size_t limit_;
  std::size_t seen_count_ = 0;
  std::set<QPDFObjGen> seen_;
  std::vector<QPDFObjectHandle> waiting_;
};

std::size_t count_pages(QPDFObjectHandle root, std::size_t limit) {
  std::size_t pages = 0;
  for (TreeWalk walk(root.getKey("/Pages"), limit); !walk.done();) {
    QPDFObjectHandle node = walk.next();
    if (!node.isDictionary()) throw std::runtime_error("a page is missing");
    if (node.hasKey("/Kids")) {
      walk.push_all(node.getKey("/Kids"));
    } else {
      ++pages;
    }
  }
  return pages;
}

bool is_signature_field(QPDFObjectHandle field) {
  if (!field.isDictionary()) return false;
  QPDFObjectHandle type = field.getKey("/FT");
  return type.isName() && type.getName() == "/Sig";
}

// A field of type Sig, its own or its parent's, with a value (ISO 32000-1 §12.7.4.5).
bool has_signature(QPDFObjectHandle root, std::size_t limit) {
  QPDFObjectHandle form = root.getKey("/AcroForm");
  if (!form.isDictionary() || !form.getKey("/Fields").isArray()) return false;
  TreeWalk walk(form, limit);
  walk.next();
  walk.push_all(form.getKey("/Fields"));
  while (!walk.done()) {
    QPDFObjectHandle field = walk.next();
    if (!field.isDictionary()) continue;
    const bool of_signature = is_signature_field(field) || is_signature_field(field.getKey("/Parent"));
    if (of_signature && field.getKey("/V").isDictionary()) return true;
    if (field.getKey("/Kids").isArray()) walk.push_all(field.getKey("/Kids"));
  }
  return false;
}

void read(QPDF& file, const std::shared_ptr<BoundedInput>& input, const PdfLimits& limits, Pdf& pdf) {
  file.processInputSource(input);
  pdf.version = file.getPDFVersion();
  pdf.encrypted = file.isEncrypted();
  QPDFObjectHandle information = file.getTrailer().getKey("/Info");
  pdf.created = read_date(information, "/CreationDate");
  pdf.modified = read_date(information, "/ModDate");
  QPDFObjectHandle root = file.getRoot();
  pdf.pages = count_pages(root, limits.nodes);
  pdf.is_signed = has_signature(root, limits.nodes);
}

Pdf damaged(std::string problem) {
  Pdf pdf;
  pdf.damaged = true;
  pdf.problem = std::move(problem);
  return pdf;
}

}  // namespace

Pdf read_pdf(std::string_view bytes, const PdfLimits& limits) {
  if (bytes.size() > limits.bytes) return damaged("the PDF has more than " + std::to_string(limits.bytes) + " bytes");
  // qpdf only reads from it.
  Buffer buffer(const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(bytes.data())), bytes.size());
  const auto input = std::make_shared<BoundedInput>(&buffer, read_budget(bytes.size()));
  PdfStreamBudget budget(limits.decoded_bytes);
  Pdf pdf;
  // The one place where qpdf's exceptions end. What they say may hold names from the file, so it is not passed on.
  try {
    QPDF file;
    file.setSuppressWarnings(true);
    file.setAttemptRecovery(false);
    read(file, input, limits, pdf);
    if (budget.exceeded() || input->exceeded()) pdf.damaged = true;
  } catch (const QPDFExc& error) {
    pdf.encrypted = pdf.encrypted || error.getErrorCode() == qpdf_e_password;
    pdf.damaged = error.getErrorCode() != qpdf_e_password;
    if (!pdf.damaged) pdf.problem = "the PDF opens only with a password";
  } catch (const std::exception&) {
    pdf.damaged = true;
  }
  if (!pdf.damaged) return pdf;
  pdf.pages.reset();
  pdf.is_signed.reset();
  const bool over = budget.exceeded() || input->exceeded();
  pdf.problem = over ? "the PDF takes more to read than is allowed" : "the PDF is damaged";
  return pdf;
}

}  // namespace pas::inputs
