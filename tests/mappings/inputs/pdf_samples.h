#pragma once
// PDFs made by hand for tests: two pages, dates, a form.

#include <string>
#include <vector>

namespace pas::cases {

// Objects 1, 2, … (each without "1 0 obj") with a cross-reference table; object 1 is the catalog. `trailer` are further
// entries of the trailer.
std::string make_pdf(const std::vector<std::string>& objects, const std::string& trailer = {});

// One page that says `text`, created on 2026-01-10 and changed on 2026-01-12. `catalog` are further entries.
std::string text_pdf(const std::string& text, const std::string& catalog = {});

// The same PDF as qpdf writes it: with object streams, or encrypted, by an empty or another password.
std::string with_object_streams(const std::string& pdf);
std::string encrypted(const std::string& pdf, const std::string& password);

}  // namespace pas::cases
