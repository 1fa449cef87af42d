#pragma once
// Builds a table: equal strings, lists, types, constraints, bindings are stored once. The same calls in the same order
// give the same bytes.

#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/definitions/draft.h"
#include "fhir/definitions/package.h"
#include "fhir/definitions/table.h"
#include "fhir/definitions/terminology.h"

namespace pas::definitions {

class TableWriter {
 public:
  explicit TableWriter(const Package& package);

  void add(const StructureDraft& structure);  // with a snapshot
  void add(const CodeSystemDraft& code_system);
  void add_value_set(std::string_view url, std::string_view version, const Expansion& expansion);

  std::string finish() &&;

 private:
  // Records that are equal byte for byte are kept once; their place in the section is their number.
  template <class Record>
  struct Pool {
    std::vector<Record> records;
    std::unordered_map<std::string, std::uint32_t> places;
    std::uint32_t add(const Record& record) {
      std::string key(reinterpret_cast<const char*>(&record), sizeof record);
      const auto [found, is_new] = places.emplace(std::move(key), static_cast<std::uint32_t>(records.size()));
      if (is_new) records.push_back(record);
      return found->second;
    }
  };

  table::StringId text(std::string_view value);
  table::ListId list(const std::vector<std::uint32_t>& items);
  table::ListId texts(const std::vector<std::string>& values);
  table::ListId pairs(const std::vector<std::pair<std::string, std::string>>& values);
  table::ListId codes(const std::set<std::string, std::less<>>& values);
  table::ElementRecord element(const ElementDraft& draft);
  table::ListId types(const ElementDraft& draft);
  table::ListId constraints(const ElementDraft& draft);
  std::uint32_t binding(const BindingDraft& draft);
  std::uint32_t slicing(const SlicingDraft& draft);

  table::PackageRecord package_{};
  std::vector<table::StructureRecord> structures_;
  std::vector<table::ElementRecord> elements_;
  Pool<table::TypeRecord> types_;
  Pool<table::ConstraintRecord> constraints_;
  Pool<table::BindingRecord> bindings_;
  Pool<table::SlicingRecord> slicings_;
  std::vector<table::CodeSystemRecord> code_systems_;
  std::vector<table::ValueSetRecord> value_sets_;
  std::vector<table::GroupRecord> groups_;
  std::vector<std::uint32_t> lists_{0};
  std::map<std::vector<std::uint32_t>, table::ListId> list_places_;
  std::vector<std::uint32_t> string_offsets_{0, 0};
  std::string blob_;
  std::unordered_map<std::string, table::StringId> string_places_;
};

}  // namespace pas::definitions
