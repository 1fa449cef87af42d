#pragma once
// qpdf's stream decoding within a budget. qpdf itself inflates a stream into memory whatever comes of it, so its
// filters are replaced, for the whole process, at the first use: FlateDecode (with PNG predictors) counts what it
// writes, the other compressions are refused, for the streams that we read (cross references and objects) have no use
// for them.
//
// The budget is the calling thread's and lasts as long as this object. Only pdf.cpp uses qpdf.

#include <cstddef>

namespace pas::inputs {

class PdfStreamBudget {
 public:
  explicit PdfStreamBudget(std::size_t bytes);
  ~PdfStreamBudget();
  PdfStreamBudget(const PdfStreamBudget&) = delete;
  PdfStreamBudget& operator=(const PdfStreamBudget&) = delete;

  // False, from then on, when fewer bytes are left.
  bool take(std::size_t bytes);
  bool exceeded() const { return exceeded_; }

 private:
  std::size_t left_;
  bool exceeded_ = false;
};

}  // namespace pas::inputs
