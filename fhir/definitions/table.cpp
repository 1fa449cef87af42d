#include "fhir/definitions/table.h"

#include <zstd.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace pas::definitions::table {

static_assert(std::endian::native == std::endian::little, "tables are stored little-endian");

namespace {

constexpr std::size_t kMaxTableBytes = std::size_t{256} << 20U;

template <class Record>
bool section(std::string_view bytes, const Header& header, Section which, std::span<const Record>& out) {
  const Range range = header.sections[which];
  const std::size_t size = std::size_t{range.count} * sizeof(Record);
  if (range.begin % alignof(Record) != 0 || range.begin > bytes.size() || size > bytes.size() - range.begin) {
    return false;
  }
  out = {reinterpret_cast<const Record*>(bytes.data() + range.begin), range.count};
  return true;
}

bool within(Range range, std::size_t size) {
  return range.begin <= size && range.count <= size - range.begin;
}

}  // namespace

base::Result<std::shared_ptr<const Table>> Table::open(std::string bytes) {
  std::shared_ptr<Table> table(new Table);
  table->bytes_ = std::move(bytes);
  if (!table->bind() || !table->is_sound()) return base::invalid("not a table of definitions, or a damaged one");
  return std::shared_ptr<const Table>(std::move(table));
}

bool Table::bind() {
  if (bytes_.size() < sizeof(Header)) return false;
  Header header;
  std::memcpy(&header, bytes_.data(), sizeof header);
  if (std::string_view(header.magic, sizeof header.magic) != kMagic) return false;
  std::span<const char> blob;
  if (!section(bytes_, header, kPackages, packages) || !section(bytes_, header, kStructures, structures) ||
      !section(bytes_, header, kElements, elements) || !section(bytes_, header, kTypes, types) ||
      !section(bytes_, header, kConstraints, constraints) || !section(bytes_, header, kBindings, bindings) ||
      !section(bytes_, header, kSlicings, slicings) || !section(bytes_, header, kCodeSystems, code_systems) ||
      !section(bytes_, header, kValueSets, value_sets) || !section(bytes_, header, kGroups, groups) ||
      !section(bytes_, header, kLists, lists_) || !section(bytes_, header, kStringOffsets, string_offsets_) ||
      !section(bytes_, header, kBlob, blob)) {
    return false;
  }
  blob_ = {blob.data(), blob.size()};
  return true;
}

bool Table::is_sound() const {
  if (packages.size() != 1 || string_offsets_.size() < 2 || lists_.empty() || lists_[0] != 0) return false;
  if (string_offsets_.back() > blob_.size() || !std::is_sorted(string_offsets_.begin(), string_offsets_.end())) {
    return false;
  }
  const auto text = [strings = string_offsets_.size() - 1](StringId id) { return id < strings; };
  const auto list = [this](ListId id) { return id < lists_.size() && lists_[id] < lists_.size() - id; };
  const auto items = [&](ListId id, std::size_t size) {
    return list(id) && std::ranges::all_of(this->list(id), [size](std::uint32_t item) { return item < size; });
  };
  const auto texts = [&](ListId id) { return items(id, string_offsets_.size() - 1); };
  const auto pairs = [&](ListId id) { return texts(id) && lists_[id] % 2 == 0; };

  return std::ranges::all_of(packages,
                             [&](const PackageRecord& r) {
                               return text(r.name) && text(r.version) && text(r.canonical) && pairs(r.dependencies);
                             }) &&
         std::ranges::all_of(structures,
                             [&](const StructureRecord& r) {
                               return text(r.url) && text(r.version) && text(r.name) && text(r.type) && text(r.base) &&
                                      within(r.elements, elements.size()) && pairs(r.contexts) &&
                                      texts(r.context_invariants) && texts(r.imposed) && r.kind < 4;
                             }) &&
         std::ranges::all_of(elements,
                             [&](const ElementRecord& r) {
                               return text(r.path) && text(r.slice_name) && items(r.types, types.size()) &&
                                      items(r.constraints, constraints.size()) && r.binding <= bindings.size() &&
                                      r.slicing <= slicings.size() && text(r.content_reference) && text(r.value_type) &&
                                      text(r.value) && text(r.min_value) && text(r.max_value) && text(r.bound_type);
                             }) &&
         std::ranges::all_of(
             types, [&](const TypeRecord& r) { return text(r.code) && texts(r.profiles) && texts(r.targets); }) &&
         std::ranges::all_of(constraints,
                             [&](const ConstraintRecord& r) { return text(r.key) && text(r.expression); }) &&
         std::ranges::all_of(bindings,
                             [&](const BindingRecord& r) {
                               return text(r.value_set) && r.strength < 4 && text(r.max_value_set) &&
                                      pairs(r.additional);
                             }) &&
         std::ranges::all_of(slicings,
                             [&](const SlicingRecord& r) { return pairs(r.discriminators) && r.rules < 3; }) &&
         std::ranges::all_of(
             code_systems,
             [&](const CodeSystemRecord& r) { return text(r.url) && text(r.version) && texts(r.codes); }) &&
         std::ranges::all_of(value_sets,
                             [&](const ValueSetRecord& r) {
                               return text(r.url) && text(r.version) && within(r.groups, groups.size());
                             }) &&
         std::ranges::all_of(groups, [&](const GroupRecord& r) { return text(r.system) && texts(r.codes); });
}

std::string compress(std::string_view table) {
  std::string packed(ZSTD_compressBound(table.size()), '\0');
  const std::size_t size = ZSTD_compress(packed.data(), packed.size(), table.data(), table.size(), 19);
  packed.resize(ZSTD_isError(size) != 0 ? 0 : size);
  return packed;
}

base::Result<std::string> decompress(std::string_view packed) {
  const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > kMaxTableBytes) {
    return base::invalid("not a compressed table of definitions");
  }
  std::string table(size, '\0');
  const std::size_t got = ZSTD_decompress(table.data(), table.size(), packed.data(), packed.size());
  if (ZSTD_isError(got) != 0 || got != size) return base::invalid("a compressed table of definitions is damaged");
  return table;
}

}  // namespace pas::definitions::table
