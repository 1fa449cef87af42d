#include "adapter/store/rekey.h"

#include <algorithm>
#include <utility>

#include "adapter/store/tables.h"

namespace pas::store {
namespace {

// A page is in memory at once: some of the largest bodies at most.
constexpr int kPageRows = 16;
constexpr int kPagesOfATransaction = 16;
constexpr int kMostTries = 20;  // of a transaction: so many deadlocks in a row are no chance

class Rekeyer {
 public:
  explicit Rekeyer(Tables& tables) : tables_(tables) {}

  Result<void> run(const Table& table) {
    TableRow last;
    int tries = 1;
    for (bool is_more = true; is_more;) {
      TableRow next = last;
      const Rekeyed before = done_;
      const auto some = run_transaction(table, next);
      if (some) {
        is_more = *some;
        last = std::move(next);
        tries = 1;
        continue;
      }
      if (tries++ == kMostTries || !tables_.begin_again()) return some.error();
      done_ = before;
    }
    return {};
  }

  const Rekeyed& done() const { return done_; }

 private:
  // The rows behind `last`, which is moved on. False when they were the last of the table.
  Result<bool> run_transaction(const Table& table, TableRow& last) {
    bool is_more = true;
    for (int pages = 0; is_more && pages < kPagesOfATransaction; ++pages) {
      auto rows = tables_.rows_behind(table, last.empty() ? nullptr : &last, kPageRows);
      if (!rows) return rows.error();
      for (const TableRow& row : *rows) {
        if (auto done = rekey(table, row); !done) return done.error();
      }
      is_more = !rows->empty();
      if (is_more) last = std::move(rows->back());
    }
    if (auto done = tables_.commit_and_go_on(); !done) return done.error();
    return is_more;
  }

  Result<void> rekey(const Table& table, const TableRow& row) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (!is_sealable(table.columns[i])) continue;
      const auto& text = std::get<std::string>(row[i]);
      if (text.empty()) continue;
      ++done_.texts;
      if (sealed_by(text) == tables_.keys()->first()) continue;
      const std::string place = place_of(table, row, table.columns[i]);
      auto clear = opened(tables_.keys(), text, place);
      if (!clear) return base::unavailable("a text of the table " + std::string(table.name) + " is damaged");
      auto replaced = tables_.replace(table, row, i, sealed(tables_.keys(), std::move(*clear), place));
      if (!replaced) return replaced;
      ++done_.sealed;
    }
    return {};
  }

  Tables& tables_;
  Rekeyed done_;
};

}  // namespace

base::Result<Rekeyed> rekey_store(std::string_view specification, const SharedKeys& keys) {
  if (keys == nullptr) return base::invalid("keys are wanted");
  const auto tables = open_tables(specification, keys);
  if (!tables) return tables.error();
  // Without the one snapshot that an export reads: what others write meanwhile is no conflict.
  if (auto begun = (*tables)->commit_and_go_on(); !begun) return begun.error();
  Rekeyer rekeyer(**tables);
  for (const Table& table : all_tables()) {
    if (std::ranges::none_of(table.columns, is_sealable)) continue;
    if (auto done = rekeyer.run(table); !done) return done.error();
  }
  if (auto forgotten = (*tables)->forget_other_keys(); !forgotten) return forgotten.error();
  return rekeyer.done();
}

}  // namespace pas::store
