#include "adapter/service/numbers.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "adapter/service/case_record.h"

namespace pas::service {
namespace {

// Ten digits behind a letter: short enough to be read over the telephone, and never mistaken for an NPI.
std::string numbered(char prefix, std::int64_t number) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%c%010lld", prefix, static_cast<long long>(number));
  return text.data();
}

base::Result<std::int64_t> reserve(store::Store& store, store::Sequence sequence, int count) {
  if (count == 0) return 0;
  const auto range = store.reserve_numbers(sequence, count);
  if (!range) return range.error();
  return range->first;
}

bool needs_authorization(const ItemNow& now) {
  return now.outcome != nullptr && is_certified(now.decision.action);
}
bool needs_reference(const ItemNow& now) {
  return now.outcome != nullptr && is_referenced(now.decision.action) &&
         now.answer.administration_reference_number.empty();
}

}  // namespace

base::Result<void> number_items(store::Store& store, const Adjudication& adjudication, base::Date today,
                                std::vector<ItemNow>& items) {
  auto authorization = reserve(store, store::Sequence::kAuthorization,
                               static_cast<int>(std::ranges::count_if(items, needs_authorization)));
  if (!authorization) return authorization.error();
  auto reference = reserve(store, store::Sequence::kAdministrativeReference,
                           static_cast<int>(std::ranges::count_if(items, needs_reference)));
  if (!reference) return reference.error();
  for (ItemNow& now : items) {
    if (needs_authorization(now)) {
      now.answer.authorization_number = numbered('A', (*authorization)++);
      now.answer.issued = today;
      now.answer.valid = valid_period(adjudication, *now.outcome);
      now.answer.authorized = authorized_of(adjudication, *now.outcome);
    } else if (needs_reference(now)) {
      now.answer.administration_reference_number = numbered('R', (*reference)++);
    }
  }
  return {};
}

Surroundings surroundings_for(const store::Store& store, const pas::Version* version, base::Date today,
                              std::string except_case) {
  Surroundings surroundings{.version = version, .today = today, .months_authorized = {}};
  surroundings.months_authorized = [&store, except = std::move(except_case)](
                                       std::string_view payer, std::string_view member_id,
                                       std::string_view code) -> std::optional<int> {
    const auto months = store.months_authorized(
        {.payer = payer, .member_id = member_id, .procedure_code = code, .except_case = except});
    return months ? std::optional(*months) : std::nullopt;
  };
  return surroundings;
}

base::Result<std::string> authorization_number(store::Store& store) {
  const auto number = reserve(store, store::Sequence::kAuthorization, 1);
  if (!number) return number.error();
  return numbered('A', *number);
}

}  // namespace pas::service
