#pragma once
// Evaluates programs over JSON documents. Values are views into the document; what is made on the way (joined strings,
// collections) lives in the evaluation's own memory until reset().

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "fhir/fhirpath/diagnostic.h"
#include "fhir/fhirpath/item.h"
#include "fhir/fhirpath/program.h"
#include "fhir/json/bundle_index.h"

namespace pas::fhirpath {

struct EvaluationLimits {
  std::size_t steps = 20'000'000;                // operations and items visited, of one run
  std::size_t collection = 1'000'000;            // items in one collection
  std::size_t memory = std::size_t{256} << 20U;  // bytes of values made until reset()
};

// What the engine does not know by itself. Everything is optional: without it, the function in question answers as the
// comment says. Functions are called on the evaluation's thread.
struct Environment {
  const Model* model = nullptr;
  // For resolve(), which answers empty without it.
  const json::BundleIndex* index = nullptr;
  // memberOf(); nothing (cannot tell) and no function make it empty.
  std::function<std::optional<bool>(const Item& item, std::string_view value_set)> member_of;
  // conformsTo(); nothing (no such profile) and no function are an error.
  std::function<std::optional<bool>(const Item& item, std::string_view profile)> conforms_to;
  // trace(); called with each collection that passes.
  std::function<void(std::string_view name, std::span<const Item> items)> trace;
  // For now(), today() and timeOfDay(), in UTC, which are an error without it.
  std::optional<std::chrono::system_clock::time_point> now;
  EvaluationLimits limits;
};

// One thread at a time. Reusable: after reset() it keeps its memory for the next run.
class Evaluation {
 public:
  explicit Evaluation(const Environment& environment = {});  // the environment is copied
  ~Evaluation();
  Evaluation(Evaluation&&) noexcept;
  Evaluation& operator=(Evaluation&&) noexcept;

  // %name, until it is set again; also for %resource, %rootResource and %context, which else follow from the focus.
  void set(std::string_view name, const Item& value) { set(name, std::span(&value, 1)); }
  void set(std::string_view name, json::Node value) { set(name, Item::element(value)); }
  void set(std::string_view name, std::span<const Item> values);

  // The items, valid until reset(). A program compiled with a model needs the same model here. The focus has the type
  // that its resourceType or else the program's context_type says.
  Outcome<std::span<const Item>> run(const Program& program, json::Node focus);
  Outcome<std::span<const Item>> run(const Program& program, const Item& focus);

  // As a condition (FHIRPath 2.0.0, Singleton Evaluation): empty is nothing, one item that is no boolean is true.
  Outcome<std::optional<bool>> test(const Program& program, const Item& focus);
  Outcome<std::optional<bool>> test(const Program& program, json::Node focus);

  // What the last run cost, in the units of EvaluationLimits::steps; all of them when it ran out.
  std::size_t steps() const;

  // Gives the memory of earlier results back, keeping it for the next run. Variables stay.
  void reset();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace pas::fhirpath
