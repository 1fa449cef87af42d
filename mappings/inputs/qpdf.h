#pragma once
// The headers of qpdf, as clang 14 can read them too: in C++20 it refuses qpdf's JSON class, which is not used here and
// only named in declarations.

#define POINTERHOLDER_TRANSITION 4  // NOLINT(cppcoreguidelines-macro-usage): asked for by qpdf's headers
#define JSON_HH                     // NOLINT(cppcoreguidelines-macro-usage): the include guard of qpdf/JSON.hh
class JSON;

#include <qpdf/Buffer.hh>             // IWYU pragma: export
#include <qpdf/BufferInputSource.hh>  // IWYU pragma: export
#include <qpdf/Pl_Flate.hh>           // IWYU pragma: export
#include <qpdf/QPDF.hh>               // IWYU pragma: export
#include <qpdf/QPDFExc.hh>            // IWYU pragma: export
#include <qpdf/QPDFStreamFilter.hh>   // IWYU pragma: export
#include <qpdf/QPDFWriter.hh>         // IWYU pragma: export
