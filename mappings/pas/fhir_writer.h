#pragma once
// The FHIR data types that a response is made of, over json::Writer. One writer, one thread.

#include <string_view>
#include <utility>

#include "fhir/json/bundle_index.h"
#include "fhir/json/writer.h"
#include "mappings/pas/elements.h"
#include "mappings/pas/response.h"

namespace pas::pas {

class FhirWriter {
 public:
  json::Writer& out() { return out_; }

  // {"coding": [{system, code, display}]}; an empty display is left out.
  void concept_of(std::string_view system, std::string_view code, std::string_view display = {});
  // {"reference": the fullUrl of the entry that holds the resource}
  void reference_to(const json::BundleIndex& index, json::Node resource);
  void period(const DatePeriod& period);
  void meta(std::string_view profile);  // the member, with the PAS profile of that name

  // One extension of the guide: `members` writes its value[x] or its list of nested extensions.
  template <class Members>
  void extension(std::string_view name, Members&& members) {
    part(url_of(name), std::forward<Members>(members));
  }
  // A nested extension, whose url is only a name.
  template <class Members>
  void part(std::string_view url, Members&& members) {
    out_.begin_object().member("url", url);
    std::forward<Members>(members)();
    out_.end_object();
  }

  // A list that is begun with its first element only, since FHIR has no empty lists.
  class List {
   public:
    List(json::Writer& out, std::string_view name) : out_(out), name_(name) {}
    ~List() { close(); }
    List(const List&) = delete;
    List& operator=(const List&) = delete;
    json::Writer& next() {
      if (!open_) out_.key(name_).begin_array();
      open_ = true;
      return out_;
    }
    void close() {
      if (open_) out_.end_array();
      open_ = false;
    }

   private:
    json::Writer& out_;
    std::string_view name_;
    bool open_ = false;
  };

 private:
  static std::string url_of(std::string_view name) { return std::string(kExtensionBase).append(name); }

  json::Writer out_;
};

}  // namespace pas::pas
