#include "mappings/inputs/pdf_streams.h"

#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <vector>

#include "mappings/inputs/qpdf.h"

namespace pas::inputs {
namespace {

constexpr long long kMaxRowBits = 8LL << 20U;

thread_local PdfStreamBudget* current_budget = nullptr;

// Passes bytes on while the budget lasts.
class CountedPipeline final : public Pipeline {
 public:
  explicit CountedPipeline(Pipeline* after) : Pipeline("counted", after) {}
  void write(const unsigned char* data, std::size_t size) override {
    if (current_budget == nullptr || !current_budget->take(size)) throw std::runtime_error("over the limit");
    getNext()->write(data, size);
  }
  void finish() override { getNext()->finish(); }
};

// PNG prediction undone (ISO 32000-1 §7.4.4.4; PNG, RFC 2083 §6).
class PngPipeline final : public Pipeline {
 public:
  PngPipeline(Pipeline* after, std::size_t row_bytes, std::size_t pixel_bytes)
      : Pipeline("png", after), pixel_(pixel_bytes), row_(row_bytes + 1), above_(row_bytes + 1) {}

  void write(const unsigned char* data, std::size_t size) override {
    for (std::size_t i = 0; i < size; ++i) {
      row_[filled_++] = data[i];
      if (filled_ == row_.size()) decode_row();
    }
  }
  void finish() override {
    if (filled_ > 0) decode_row();
    getNext()->finish();
  }

 private:
  static int paeth(int left, int above, int corner) {
    const int estimate = left + above - corner;
    const int to_left = std::abs(estimate - left);
    const int to_above = std::abs(estimate - above);
    const int to_corner = std::abs(estimate - corner);
    if (to_left <= to_above && to_left <= to_corner) return left;
    return to_above <= to_corner ? above : corner;
  }

  void decode_row() {
    for (std::size_t i = 1; i < filled_; ++i) {
      const int left = i > pixel_ ? row_[i - pixel_] : 0;
      const int above = above_[i];
      const int corner = i > pixel_ ? above_[i - pixel_] : 0;
      int predicted = 0;
      if (row_[0] == 1) predicted = left;
      if (row_[0] == 2) predicted = above;
      if (row_[0] == 3) predicted = (left + above) / 2;
      if (row_[0] == 4) predicted = paeth(left, above, corner);
      row_[i] = static_cast<unsigned char>(row_[i] + predicted);
    }
    getNext()->write(row_.data() + 1, filled_ - 1);
    row_.swap(above_);
    filled_ = 0;
  }

  std::size_t pixel_;
  std::size_t filled_ = 0;
  std::vector<unsigned char> row_;  // its first byte names the prediction
  std::vector<unsigned char> above_;
};

class FlateFilter final : public QPDFStreamFilter {
 public:
  bool setDecodeParms(QPDFObjectHandle parameters) override {
    if (parameters.isNull()) return true;
    if (!parameters.isDictionary()) return false;
    const auto number = [&parameters](const char* key, long long otherwise) {
      QPDFObjectHandle value = parameters.getKey(key);
      return value.isInteger() ? value.getIntValue() : otherwise;
    };
    const long long predictor = number("/Predictor", 1);
    if (predictor == 1) return true;
    const long long columns = number("/Columns", 1);
    const long long colors = number("/Colors", 1);
    const long long bits = number("/BitsPerComponent", 8);
    const bool sensible = columns > 0 && columns <= kMaxRowBits && colors > 0 && colors <= 32 && bits > 0 && bits <= 16;
    if (predictor < 10 || predictor > 15 || !sensible || columns * colors * bits > kMaxRowBits) return false;
    row_bytes_ = static_cast<std::size_t>((columns * colors * bits + 7) / 8);
    pixel_bytes_ = static_cast<std::size_t>((colors * bits + 7) / 8);
    return true;
  }

  Pipeline* getDecodePipeline(Pipeline* next) override {
    if (row_bytes_ > 0) {
      predictor_ = std::make_unique<PngPipeline>(next, row_bytes_, pixel_bytes_);
      next = predictor_.get();
    }
    counted_ = std::make_unique<CountedPipeline>(next);
    inflate_ = std::make_unique<Pl_Flate>("inflate", counted_.get(), Pl_Flate::a_inflate);
    return inflate_.get();
  }

 private:
  std::size_t row_bytes_ = 0;  // 0: no prediction
  std::size_t pixel_bytes_ = 0;
  std::unique_ptr<PngPipeline> predictor_;
  std::unique_ptr<CountedPipeline> counted_;
  std::unique_ptr<Pl_Flate> inflate_;
};

class RefusedFilter final : public QPDFStreamFilter {
 public:
  bool setDecodeParms(QPDFObjectHandle) override { return false; }
  Pipeline* getDecodePipeline(Pipeline*) override { return nullptr; }
};

bool replace_filters() {
  QPDF::registerStreamFilter("/FlateDecode", [] { return std::make_shared<FlateFilter>(); });
  for (const char* name : {"/LZWDecode", "/RunLengthDecode", "/DCTDecode", "/ASCII85Decode", "/ASCIIHexDecode"}) {
    QPDF::registerStreamFilter(name, [] { return std::make_shared<RefusedFilter>(); });
  }
  return true;
}

}  // namespace

PdfStreamBudget::PdfStreamBudget(std::size_t bytes) : left_(bytes) {
  static const bool replaced = replace_filters();
  static_cast<void>(replaced);
  current_budget = this;
}

PdfStreamBudget::~PdfStreamBudget() {
  current_budget = nullptr;
}

bool PdfStreamBudget::take(std::size_t bytes) {
  exceeded_ = exceeded_ || bytes > left_;
  if (!exceeded_) left_ -= bytes;
  return !exceeded_;
}

}  // namespace pas::inputs
