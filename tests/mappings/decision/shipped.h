#pragma once
// The policies of mappings/policies and their cases in tests/cases/policies/<payer> (mappings/decision/cases.h).

#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/document.h"
#include "mappings/decision/cases.h"

namespace pas::support {

// Loaded once; each fails the test, and the cases are none, when the files are refused.
const decision::CasePolicies& shipped_policies();
const std::vector<decision::Case>& cases_of(std::string_view payer);

// The only payers that are shipped.
inline constexpr std::string_view kHusky = "husky";
inline constexpr std::string_view kTidewater = "tidewater";

const policy::Payer& payer(std::string_view id, std::optional<policy::AdverseDeterminations> adverse = {});
// HUSKY has but one policy.
const policy::Policy& husky_policy(std::optional<policy::AdverseDeterminations> adverse = {});

// A situation of the payer's cases, with changes written as JSON.
inputs::InputSet situation(std::string_view payer, std::string_view name, const std::string& changes = "{}");

}  // namespace pas::support
