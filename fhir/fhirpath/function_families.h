#pragma once
// The functions by family, for function_table.cpp. Internal to the engine.

#include "fhir/fhirpath/functions.h"

namespace pas::fhirpath::detail {

#define PAS_FHIRPATH_FUNCTION(name) \
  Collection name(Evaluator& evaluator, const Step& step, Collection input, Frame& frame)

// functions_existence.cpp (FHIRPath 2.0.0, Existence)
PAS_FHIRPATH_FUNCTION(fn_empty);
PAS_FHIRPATH_FUNCTION(fn_exists);
PAS_FHIRPATH_FUNCTION(fn_all);
PAS_FHIRPATH_FUNCTION(fn_all_true);
PAS_FHIRPATH_FUNCTION(fn_any_true);
PAS_FHIRPATH_FUNCTION(fn_all_false);
PAS_FHIRPATH_FUNCTION(fn_any_false);
PAS_FHIRPATH_FUNCTION(fn_subset_of);
PAS_FHIRPATH_FUNCTION(fn_superset_of);
PAS_FHIRPATH_FUNCTION(fn_count);
PAS_FHIRPATH_FUNCTION(fn_distinct);
PAS_FHIRPATH_FUNCTION(fn_is_distinct);
PAS_FHIRPATH_FUNCTION(fn_not);

// functions_collection.cpp (Filtering and Projection, Subsetting, Combining, Tree Navigation, Utility)
PAS_FHIRPATH_FUNCTION(fn_where);
PAS_FHIRPATH_FUNCTION(fn_select);
PAS_FHIRPATH_FUNCTION(fn_repeat);
PAS_FHIRPATH_FUNCTION(fn_of_type);
PAS_FHIRPATH_FUNCTION(fn_is);
PAS_FHIRPATH_FUNCTION(fn_as);
PAS_FHIRPATH_FUNCTION(fn_single);
PAS_FHIRPATH_FUNCTION(fn_first);
PAS_FHIRPATH_FUNCTION(fn_last);
PAS_FHIRPATH_FUNCTION(fn_tail);
PAS_FHIRPATH_FUNCTION(fn_skip);
PAS_FHIRPATH_FUNCTION(fn_take);
PAS_FHIRPATH_FUNCTION(fn_intersect);
PAS_FHIRPATH_FUNCTION(fn_exclude);
PAS_FHIRPATH_FUNCTION(fn_union);
PAS_FHIRPATH_FUNCTION(fn_combine);
PAS_FHIRPATH_FUNCTION(fn_children);
PAS_FHIRPATH_FUNCTION(fn_descendants);
PAS_FHIRPATH_FUNCTION(fn_iif);
PAS_FHIRPATH_FUNCTION(fn_aggregate);
PAS_FHIRPATH_FUNCTION(fn_sort);
PAS_FHIRPATH_FUNCTION(fn_trace);
PAS_FHIRPATH_FUNCTION(fn_define_variable);
PAS_FHIRPATH_FUNCTION(fn_now);
PAS_FHIRPATH_FUNCTION(fn_today);
PAS_FHIRPATH_FUNCTION(fn_time_of_day);

// functions_string.cpp (String Manipulation)
PAS_FHIRPATH_FUNCTION(fn_index_of);
PAS_FHIRPATH_FUNCTION(fn_last_index_of);
PAS_FHIRPATH_FUNCTION(fn_substring);
PAS_FHIRPATH_FUNCTION(fn_starts_with);
PAS_FHIRPATH_FUNCTION(fn_ends_with);
PAS_FHIRPATH_FUNCTION(fn_contains);
PAS_FHIRPATH_FUNCTION(fn_upper);
PAS_FHIRPATH_FUNCTION(fn_lower);
PAS_FHIRPATH_FUNCTION(fn_replace);
PAS_FHIRPATH_FUNCTION(fn_matches);
PAS_FHIRPATH_FUNCTION(fn_matches_full);
PAS_FHIRPATH_FUNCTION(fn_replace_matches);
PAS_FHIRPATH_FUNCTION(fn_length);
PAS_FHIRPATH_FUNCTION(fn_to_chars);
PAS_FHIRPATH_FUNCTION(fn_trim);
PAS_FHIRPATH_FUNCTION(fn_split);
PAS_FHIRPATH_FUNCTION(fn_join);
PAS_FHIRPATH_FUNCTION(fn_encode);
PAS_FHIRPATH_FUNCTION(fn_decode);
PAS_FHIRPATH_FUNCTION(fn_escape);
PAS_FHIRPATH_FUNCTION(fn_unescape);

// functions_math.cpp (Math; of 3.0.0: boundaries, precision, comparable)
PAS_FHIRPATH_FUNCTION(fn_abs);
PAS_FHIRPATH_FUNCTION(fn_ceiling);
PAS_FHIRPATH_FUNCTION(fn_exp);
PAS_FHIRPATH_FUNCTION(fn_floor);
PAS_FHIRPATH_FUNCTION(fn_ln);
PAS_FHIRPATH_FUNCTION(fn_log);
PAS_FHIRPATH_FUNCTION(fn_power);
PAS_FHIRPATH_FUNCTION(fn_round);
PAS_FHIRPATH_FUNCTION(fn_sqrt);
PAS_FHIRPATH_FUNCTION(fn_truncate);
PAS_FHIRPATH_FUNCTION(fn_low_boundary);
PAS_FHIRPATH_FUNCTION(fn_high_boundary);
PAS_FHIRPATH_FUNCTION(fn_precision);
PAS_FHIRPATH_FUNCTION(fn_comparable);

// functions_conversion.cpp (Conversion; FunctionTraits::target says to what)
PAS_FHIRPATH_FUNCTION(fn_to);
PAS_FHIRPATH_FUNCTION(fn_converts_to);

// functions_fhir.cpp (FHIR R4, FHIRPath: additional functions)
PAS_FHIRPATH_FUNCTION(fn_type);
PAS_FHIRPATH_FUNCTION(fn_extension);
PAS_FHIRPATH_FUNCTION(fn_has_value);
PAS_FHIRPATH_FUNCTION(fn_get_value);
PAS_FHIRPATH_FUNCTION(fn_resolve);
PAS_FHIRPATH_FUNCTION(fn_member_of);
PAS_FHIRPATH_FUNCTION(fn_conforms_to);
PAS_FHIRPATH_FUNCTION(fn_html_checks);
PAS_FHIRPATH_FUNCTION(fn_check_modifiers);

#undef PAS_FHIRPATH_FUNCTION

}  // namespace pas::fhirpath::detail
